"""From files to responses: readers of CSV and JSON lines, the column mapping, and the file of rejected rows."""
