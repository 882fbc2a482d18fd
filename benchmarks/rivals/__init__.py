"""The rivals: other libraries, and code written by hand, at the same work or at the part of it that they can do."""
