"""The application: the one pipeline, and the faces that people use: tracker, desk, inbox."""
