"""The store on a SQL database, through SQLAlchemy Core: tables, rows, queries, saves, engine, store."""
