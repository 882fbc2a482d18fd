"""What may happen, as pure functions of facts and context: no I/O, no clock, no chance."""
