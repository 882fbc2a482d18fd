"""The schema's history, as revisions of Alembic: run by ``migrating``, or as a branch of a host's own revisions."""
