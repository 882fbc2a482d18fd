"""Facts, as frozen values: what a response, an issue, a note and an event are. No I/O, no clock, no policy."""
