"""A queue by hand: a batch is claimed and deleted in one statement. It keeps no record and no promise."""

from __future__ import annotations

from benchmarks.postgresql import connected
from benchmarks.queues import BATCH, Queue

_TAKE = f"""
    DELETE FROM jobs WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT {BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING id, body"""


class BareQueue(Queue):
    """Rows of a number and a text; what is taken is gone, whether it was handed over or not."""

    name = "claim and delete, by hand"
    settled = "SELECT pg_sequence_last_value('jobs_id_seq') - (SELECT count(*) FROM jobs)"
    waiting = "SELECT count(*) FROM jobs"

    def __init__(self, url: str) -> None:
        """Make its table."""
        super().__init__(url)
        with connected(url) as connection:
            connection.execute("CREATE TABLE jobs (id bigserial PRIMARY KEY, body text NOT NULL)")

    def fill(self, count: int) -> None:
        """Queue rows, all in a statement."""
        with connected(self.url) as connection:
            connection.execute("INSERT INTO jobs (body) SELECT 'nothing' FROM generate_series(1, %s)", (count,))

    def work(self) -> None:
        """Take batches until there are none."""
        with connected(self.url) as connection:
            while taken := connection.execute(_TAKE).fetchall():
                for _job in taken:
                    self.called += 1
