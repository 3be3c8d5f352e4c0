"""Once: what was sent under an id is done once, and told again when it is sent again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fundtracker.domain.errors import N_, FundtrackerError
from fundtracker.store import calls, desks
from fundtracker.store.base import fingerprints
from fundtracker.store.desks import CommandRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fundtracker.domain.desk.values import Level
    from fundtracker.domain.funds import Fund
    from fundtracker.domain.sections import Section
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.store.calls import CallRow


class OtherContent(FundtrackerError):
    """The id is that of something else, which stands as it was stored; `numbers` name its lines."""

    status: ClassVar[int] = 409
    message = N_("Another line was sent under this id before. This one was not booked.")

    def __init__(self, numbers: Sequence[int]) -> None:
        """Carry the lines that were stored under the id."""
        super().__init__()
        self.numbers = tuple(numbers)


@dataclass(frozen=True, slots=True)
class Taken:
    """The numbers of the lines that were made or changed, the new one first.

    It is `repeated` where it was done before. `written` is how they were left, where that is known
    without looking; `level` is what a command has called up.
    """

    numbers: tuple[int, ...]
    repeated: bool = False
    written: Written | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Lines as they were committed, their fund, and its sections by id: all to show them."""

    fund: Fund
    rows: Sequence[CallRow]
    sections: Mapping[int, Section]


def repeated(at: Sitting, client_id: str, content: str) -> Taken | None:
    """Return what was done under this id before, None for a new one; raises OtherContent."""
    # Nearly everything is new, and while it is asked everybody else waits.
    if not desks.is_known(at.session, at.fund.id, client_id):
        return None
    numbers: list[int]
    line = calls.by_client_id(at.session, at.fund.id, client_id)
    if line is not None:
        digest = line.digest
        numbers = [line.number] if line.replaces is None else [line.number, line.replaces]
    else:
        command = desks.command(at.session, at.fund.id, client_id)
        digest, numbers = command.digest, command.numbers
    if digest not in fingerprints(at.session, _signed(at, content)):
        raise OtherContent(numbers)
    return Taken(tuple(numbers), repeated=True)


def remember(at: Sitting, client_id: str, content: str, raw: str, rows: Sequence[CallRow]) -> None:
    """Let a command be done once: when it comes again, it is told what it did."""
    at.session.add(
        CommandRow(
            fund_id=at.fund.id,
            client_id=client_id,
            digest=digest_of(at, content),
            raw=raw,
            teller=at.teller,
            entered_at=at.now,
            numbers=[row.number for row in rows],
        ),
    )


def digest_of(at: Sitting, content: str) -> str:
    """Return by what something that was sent is known again; it tells nobody what it was."""
    return fingerprints(at.session, _signed(at, content))[0]


def _signed(at: Sitting, content: str) -> str:
    return f"{at.teller}\x1f{content}"
