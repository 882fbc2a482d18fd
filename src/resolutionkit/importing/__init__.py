"""From files to responses: readers of CSV, JSON lines and Parquet, the column mapping, the file of rejected rows."""
