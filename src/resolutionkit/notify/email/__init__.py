"""The email channel: what a notice becomes as a mail, and how it is sent. Whom to tell of what is decided elsewhere."""
