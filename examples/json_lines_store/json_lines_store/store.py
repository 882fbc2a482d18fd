"""The store: its accounts are in memory, and are what the file says."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from json_lines_store.account import Account, Rows
from json_lines_store.erasing import ForgettingUnit
from json_lines_store.lines import transaction_in, transaction_line
from json_lines_store.log import Log
from json_lines_store.turns import Turns
from resolutionkit import StorageError
from resolutionkit.ports import UnitOfWork

T = TypeVar("T")


class JsonLinesStore:
    """Keeps everything in one file. Threads and processes of one machine may share it.

    Args:
        path: The file; its folder has to be there.
        create: Whether to make the file where there is none, or an empty one.
        patience: How many seconds to wait for others.
    """

    def __init__(self, path: Path, *, create: bool = True, patience: float = 10) -> None:
        self.log = Log(path)
        self.turns = Turns(path.with_name(f"{path.name}.lock"), patience)
        self.accounts: dict[str, Account] = defaultdict(Account)
        self.is_closed = False
        with self.turns.turn():
            if create and not (path.exists() and path.stat().st_size):
                self.log.replace([])
            self.read_on()

    def transact(
        self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool
    ) -> T:
        """Run work while nobody else does; see resolutionkit.ports.Store."""
        if self.is_closed:
            raise StorageError("this store is closed; open another one")
        with self.turns.turn():
            self.read_on()
            kept = self.accounts[account]
            # A copy: it is dropped where the work or the writing fails.
            unit = ForgettingUnit(kept.copy(), may_write=write)
            answer = work(unit)
            self.commit(account, unit)
            return answer

    def read_on(self) -> None:
        """Take in what others have committed since the last turn."""
        with self.anew_after_failure():
            if self.log.is_another():
                self.accounts.clear()
            touched = set()
            for line in self.log.news():
                account, saved = self.transaction_in(line)
                for rows in saved:
                    self.accounts[account].put(rows)
                    touched |= {(account, issue) for issue, _ in rows.events}
            for account, issue in touched:
                self.accounts[account].fold(issue)

    def transaction_in(self, line: bytes) -> tuple[str, list[Rows]]:
        try:
            return transaction_in(line)
        except (StorageError, ValueError, TypeError, KeyError) as problem:
            where = f"{self.log.path}, line {self.log.number}"
            told = f"{where} is damaged; restore the file from a backup ({problem})"
            raise StorageError(told) from problem

    def commit(self, account: str, unit: ForgettingUnit) -> None:
        with self.anew_after_failure():
            if unit.has_erased:
                # Earlier lines hold the words: none of them may be left.
                kept = {**self.accounts, account: unit.account}
                self.log.replace(
                    transaction_line(name, [one.everything()]) for name, one in kept.items()
                )
            elif unit.saved:
                self.log.append(transaction_line(account, unit.saved))
                self.accounts[account] = unit.account

    @contextmanager
    def anew_after_failure(self) -> Iterator[None]:
        """After a failure only the file says what is committed: have it read again."""
        try:
            yield
        except BaseException:
            self.accounts.clear()
            self.log.rewind()
            raise

    def close(self) -> None:
        self.is_closed = True
