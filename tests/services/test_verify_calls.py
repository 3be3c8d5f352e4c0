from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.actors import Actor
from fundtracker.services.follow_line import follow_later
from fundtracker.services.verify import Report, verify
from tests.factories.rows import a_fund
from tests.support.tellers import Hall

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

GAP = "The lines of fund 1 are not numbered one after the other."
DAMAGE = {
    "UPDATE desk SET next_number = 9": GAP,
    "UPDATE call SET number = 7 WHERE number = 2": GAP,
    "UPDATE call SET count = 3 WHERE number = 1": "Line 1 of fund 1 has other",
    "UPDATE call SET state = 'second' WHERE number = 1": "Line 1 of fund 1 has other",
    "UPDATE call SET state = 'counted' WHERE number = 3": "Line 3 of fund 1 has other",
    "UPDATE call SET state = 'parked' WHERE number = 1": "Line 1 of fund 1 has other",
    "UPDATE call SET state = 'counted' WHERE number = 2": "Line 2 of fund 1 has other",
    "UPDATE call SET left_people = 1 WHERE number = 1": "Line 1 of fund 1 says that something",
    "UPDATE call SET left_amount = 1 WHERE number = 1": "Line 1 of fund 1 says that something",
    "UPDATE call SET left_base = 1 WHERE number = 3": "Line 3 of fund 1 says that something",
    "UPDATE pledge SET status = 'cancelled' WHERE id = 1": "Line 1 of fund 1 says that something",
}


@pytest.fixture
def hall(parts: Parts) -> Hall:
    """A desk with a line that counts, a parked one, and one that waits."""
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall")
    hall = Hall(parts.acting(Actor.staff("anna")))
    for line in ("GB 2@500", "~ GB 7", "GB 30k"):
        hall.type(line)
    return hall


def test_a_desk_at_which_all_is_well_is_not_named(hall: Hall) -> None:
    hall.type("/undo #1")

    assert verify(hall.parts) == Report((), ())


@pytest.mark.parametrize(("damage", "said"), DAMAGE.items())
def test_what_a_careless_hand_does_is_noticed(hall: Hall, damage: str, said: str) -> None:
    with hall.parts.database.unit_of_work() as session:
        session.execute(text(damage))

    assert any(sentence.startswith(said) for sentence in verify(hall.parts).broken)


def test_what_a_job_will_let_a_line_say_is_not_missing_yet(hall: Hall) -> None:
    with hall.parts.database.unit_of_work() as session:
        row = hall.pledges(1)[0]
        session.execute(text("UPDATE pledge SET status = 'cancelled' WHERE id = 1"))
        follow_later(session, [row], hall.parts.clock())

    said = "Line 1 of fund 1 says that something else is left of it."
    assert said not in verify(hall.parts).broken
    with hall.parts.database.unit_of_work() as session:
        session.execute(text("UPDATE job SET failed_at = due_at WHERE kind = 'follow_line'"))
    assert said in verify(hall.parts).broken
