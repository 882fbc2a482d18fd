"""Where responses come in: one, many, or a file of them; and what a score means, without recording it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from resolutionkit.decisions.classify import judge
from resolutionkit.errors import InvalidValue, ResolutionKitError
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.model.commands import Record
from resolutionkit.model.response import Response
from resolutionkit.model.results import Classification, Recorded, RecordedMany
from resolutionkit.tracker.bulk import RecordedOrRefused
from resolutionkit.tracker.imports import ImportReport, import_file
from resolutionkit.tracker.runner import Runner, as_record, batches
from resolutionkit.tracker.tally import Tally
from resolutionkit.tracker.views import Views


class Intake(Views):
    """What a tracker does with responses that arrive."""

    def __init__(self, runner: Runner) -> None:
        """Take in for the runner's account."""
        self._runner = runner
        super().__init__(runner.reader())

    def classify(self, response: Response) -> Classification:
        """Return what a response's score means under the account's policy, without recording it.

        Raises:
            InvalidScore: The score is not one of its scale.
        """
        return judge(response, self._runner.settings.policy, self._runner.opinions)

    def record(self, response: Response, *, replace: bool = False, announce: bool | None = None) -> Recorded:
        """Take in one response; an unhappy one becomes an issue at once (requirement A2).

        Delivering the same response again changes nothing (A4).

        Args:
            response: The response.
            replace: Whether other content under a known id is a correction.
            announce: True to tell people however old it is, False to tell nobody, None to go by its age (A11).

        Raises:
            InvalidScore: The score is not one of its scale.
            InvalidResponse: It was received more than a day after now, or is no response.
            ResponseConflict: Its id is known with other content.
        """
        return self._runner.record(as_record(response, replace=replace, announce=announce))

    def record_many(
        self,
        responses: Iterable[Response],
        *,
        replace: bool = False,
        announce: bool | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> RecordedMany:
        """Take in many responses, in batches that each commit whole; one that is refused does not stop the others.

        Args:
            responses: The responses; they are read as they are needed.
            replace: Whether other content under a known id is a correction.
            announce: As for :meth:`record`.
            progress: Called after each batch with how many were read so far.
        """
        if not isinstance(responses, Iterable):
            raise InvalidValue("responses", responses, "an iterable of responses; one alone goes to record()")
        tally = Tally()
        for batch in batches(responses):
            tally.add([getattr(one, "id", None) for one in batch], self._batch(batch, replace, announce))
            if progress is not None:
                progress(tally.read)
        return tally.result()

    def _batch(self, batch: list[Response], replace: bool, announce: bool | None) -> list[RecordedOrRefused]:
        commands: list[Record] = []
        refused: dict[int, ResolutionKitError] = {}
        for index, response in enumerate(batch):
            try:
                commands.append(as_record(response, replace=replace, announce=announce))
            except ResolutionKitError as refusal:
                refused[index] = refusal
        done = iter(self._runner.record_batch(commands))
        return [refused[index] if index in refused else next(done) for index in range(len(batch))]

    def import_file(
        self,
        path: str | Path,
        mapping: ImportMapping,
        *,
        rejects: str | Path | None = None,
        dry_run: bool = False,
        replace: bool = False,
        announce: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> ImportReport:
        """Take in a file of responses: CSV, JSON lines, Parquet; streaming, in batches that commit whole (A10).

        It is safe to run again: what is known already is a duplicate. Issues that it opens are backfilled, and
        nobody is told, unless ``announce`` says otherwise.

        Args:
            path: The file.
            mapping: Which column becomes what.
            rejects: Where to write the rejected rows, with line, column and reason; None for nowhere.
            dry_run: Whether to write nothing and only say what would happen; what depends on another batch of the
                same file is judged without it.
            replace: Whether other content under a known id is a correction, rather than a rejected row.
            announce: Whether to tell people of the issues.
            progress: Called after each batch with how many rows were read so far.

        Raises:
            InvalidValue: The mapping is no :class:`ImportMapping`.
            MappingError: The mapping names columns that the file lacks.
            ImportFailed: The file cannot be read as what it should be.
            MissingExtra: The file is Parquet, and the extra ``parquet`` is not installed.
        """
        return import_file(
            self._runner,
            Path(path),
            mapping,
            rejects=None if rejects is None else Path(rejects),
            dry_run=dry_run,
            replace=replace,
            announce=announce,
            progress=progress,
        )
