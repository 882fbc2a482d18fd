"""The service recovery report: what it is, and how it looks as a PDF, as HTML and as plain text."""
