"""Channels that tell people. Which messages there are is decided elsewhere and kept in the outbox."""
