"""Importing a file: rows from ``importing``, recorded in batches, the refused ones kept with their reasons (A10)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from attrs import frozen

from resolutionkit import logs
from resolutionkit.errors import InvalidValue, ResolutionKitError, shown
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.rejects import RejectWriter
from resolutionkit.importing.responses import read_responses
from resolutionkit.importing.rows import ImportedRow, RejectedRow
from resolutionkit.model.commands import Record
from resolutionkit.model.results import Outcome, Recorded
from resolutionkit.tracker.bulk import RecordedOrRefused
from resolutionkit.tracker.runner import Runner, batches
from resolutionkit.tracker.tally import Tally

KEPT_REJECTS = 100
"""How many rejected rows a report holds; the file of rejects has them all."""


@frozen(kw_only=True)
class ImportReport:
    """What importing a file did, or would have done.

    Attributes:
        rows: How many rows the file has.
        counts: How many responses came out how; every outcome is a key.
        rejected: How many rows were refused.
        rejects: The first hundred of them, each with line, column and reason.
        issues_opened: How many new issues there are.
        issues_backfilled: How many of those are backfilled.
        dry_run: Whether nothing was written.
    """

    rows: int
    counts: Mapping[Outcome, int]
    rejected: int
    rejects: tuple[RejectedRow, ...]
    issues_opened: int
    issues_backfilled: int
    dry_run: bool

    @property
    def recorded(self) -> int:
        """Return how many rows were taken in, duplicates included."""
        return sum(self.counts.values())


def import_file(
    runner: Runner,
    path: Path,
    mapping: ImportMapping,
    *,
    rejects: Path | None,
    dry_run: bool,
    replace: bool,
    announce: bool,
    progress: Callable[[int], object] | None,
) -> ImportReport:
    """Import a file; see :meth:`resolutionkit.tracker.tracker.Tracker.import_file`."""
    runner.check_may_roll_back(for_good=not dry_run)
    if not isinstance(mapping, ImportMapping):
        raise InvalidValue("mapping", mapping, "an ImportMapping; a file is read with ImportMapping.load(path)")
    if rejects is not None and rejects.exists() and rejects.samefile(path):
        raise InvalidValue("rejects", str(rejects), "another file than the one that is imported")
    # Ids built from a row are digests under the account's secret; a dry run makes up one where there is none yet.
    key = runner.secret(make=not dry_run) or secrets.token_bytes(32)
    rows = read_responses(path, mapping, key)
    job = _Import(runner, mapping, for_good=not dry_run, replace=replace, announce=announce)
    with ExitStack() as stack:
        if rejects is not None:
            job.writer = stack.enter_context(RejectWriter(rejects))
        for batch in batches(rows):
            job.take_in(batch)
            if progress is not None:
                progress(job.rows)
    return _told(runner.account, job.report())


def _told(account: str, report: ImportReport) -> ImportReport:
    logs.IMPORTED.write(
        account=account,
        rows=report.rows,
        rejected=report.rejected,
        issues_opened=report.issues_opened,
        is_dry_run=report.dry_run,
    )
    return report


class _Import:
    """One import while it runs."""

    def __init__(
        self, runner: Runner, mapping: ImportMapping, *, for_good: bool, replace: bool, announce: bool
    ) -> None:
        self._runner = runner
        self._mapping = mapping
        self._for_good = for_good
        self._replace = replace
        self._announce = announce
        self._tally = Tally()
        self._kept: list[RejectedRow] = []
        self._rejected = 0
        self.rows = 0
        self.writer: RejectWriter | None = None

    def take_in(self, batch: list[ImportedRow | RejectedRow]) -> None:
        """Record the good rows of a batch in one transaction, and keep the others in the file's order."""
        good = (row for row in batch if isinstance(row, ImportedRow))
        commands = [Record(response=row.response, replace=self._replace, announce=self._announce) for row in good]
        results = iter(self._runner.record_batch(commands, for_good=self._for_good))
        for row in batch:
            refused = row if isinstance(row, RejectedRow) else self._counted(row, next(results))
            if refused is not None:
                self._reject(refused)
        self.rows += len(batch)

    def _counted(self, row: ImportedRow, result: RecordedOrRefused) -> RejectedRow | None:
        if isinstance(result, Recorded):
            self._tally.count(result)
            return None
        return RejectedRow(row.line, *self._told(result), row.raw)

    def _told(self, refusal: ResolutionKitError) -> tuple[str | None, str]:
        """Return the column that a refusal means, and the reason."""
        if not isinstance(refusal, InvalidValue):
            return None, str(refusal)
        received_at = self._mapping.received_at
        columns = {"score": self._mapping.score.name, "received_at": getattr(received_at, "name", "received_at")}
        column = columns.get(refusal.field, refusal.field)
        return column, f"{shown(refusal.value)} is not acceptable; expected {refusal.expected}"

    def _reject(self, row: RejectedRow) -> None:
        self._rejected += 1
        if len(self._kept) < KEPT_REJECTS:
            self._kept.append(row)
        if self.writer is not None:
            self.writer.write(row)

    def report(self) -> ImportReport:
        """Return the sums."""
        sums = self._tally.result()
        return ImportReport(
            rows=self.rows,
            counts=sums.counts,
            rejected=self._rejected,
            rejects=tuple(self._kept),
            issues_opened=sums.issues_opened,
            issues_backfilled=sums.issues_backfilled,
            dry_run=not self._for_good,
        )
