"""The revisions, a file each. Once released, a file is never changed: what changes later is another revision."""
