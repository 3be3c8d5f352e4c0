from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fundtracker.domain.totals import Totals
from fundtracker.services.settle import settle, settle_all
from fundtracker.services.verify import verify
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import Known, books_of, known, tell, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.services.parts import Parts
    from tests.factories.stripe import Body


class Story(NamedTuple):
    """Everything that can happen to one gift of £50, in the order in which it happens."""

    fund: int
    donation: int
    token: str
    events: list[Body]


class Ending(NamedTuple):
    """What is left of a story."""

    known: Known
    whole: Totals
    books: dict[tuple[str, str], int]


def begin(parts: Parts) -> Story:
    with parts.database.unit_of_work() as session:
        row = a_donation(session, a_fund(session))
    pay = Payment(row.token)
    charged, returned = pay.charge(), pay.refund(1000, "a")
    charge_line = pay.line(charged, 5700, fee=137)
    taken, given_back = (
        pay.line(pay.dispute(), -3360, "d", fee=1500),
        pay.line(pay.dispute(), 3360, "w"),
    )
    failing = pay.refund(500, "b")
    failure = pay.line(charged, -5700, "f")
    things = [
        pay.session(status="open", payment_status="unpaid", payment_intent=None),
        pay.charge(status="pending"),
        pay.session(payment_status="unpaid"),
        pay.intent(),
        pay.session(),
        charged,
        pay.charge(balance_transaction=charge_line["id"]),
        charge_line,
        returned | {"status": "pending"},
        returned,
        pay.line(returned, -1130, "a"),
        failing,
        failing | {"status": "failed"},
        pay.line(failing, -565, "b"),
        pay.line(failing, 565, "c"),
        pay.dispute(3000, taken),
        pay.dispute(3000, given_back, status="won"),
        taken,
        given_back,
        pay.charge(status="failed", failure_balance_transaction=failure["id"]),
        failure,
    ]
    return Story(row.fund_id, row.id, row.token, [event(thing) for thing in things])


def ending(parts: Parts, story: Story) -> Ending:
    settle_all(parts)
    return Ending(
        known(parts, story.token), whole(parts, story.fund), books_of(parts, story.donation)
    )


def tell_in_batches(parts: Parts, events: Sequence[Body], cuts: Sequence[int], limit: int) -> None:
    for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
        tell(parts, *events[start:end])
        settle(parts, limit)


def test_the_whole_story_ends_with_nothing(parts: Parts) -> None:
    story = begin(parts)
    tell(parts, *story.events)

    end = ending(parts, story)

    # £10 went back and was not there any more when the payment failed as a whole.
    assert end.known == Known("succeeded", 0)
    assert end.whole == Totals()
    assert end.books[("loss", "GBP")] == 1000
    assert ("stripe_clearing", "GBP") not in end.books


def test_a_story_can_end_sooner(parts: Parts) -> None:
    story = begin(parts)
    tell(parts, *story.events[:13])

    end = ending(parts, story)

    assert end.known == Known("succeeded", 4000)
    assert end.whole == Totals(received=4600, donations=1)


# The database is made once for all examples: each begins with a fund and a donation of its own.
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_same_facts_in_any_order_any_number_of_times_in_any_batches_end_the_same(
    parts: Parts, data: st.DataObject
) -> None:
    straight, shuffled = begin(parts), begin(parts)
    numbers = st.lists(st.integers(0, len(straight.events) - 1), max_size=25, unique=True)
    chosen = data.draw(st.one_of(st.just(list(range(len(straight.events)))), numbers))
    again = data.draw(st.lists(st.sampled_from(chosen), max_size=6)) if chosen else []
    order = data.draw(st.permutations(chosen + again))
    anew = data.draw(st.sets(st.integers(0, len(order))))
    events = [
        shuffled.events[number] | ({"id": f"evt_{shuffled.token}_{place}"} if place in anew else {})
        for place, number in enumerate(order)
    ]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=4)))

    tell(parts, *(straight.events[number] for number in sorted(chosen)))
    tell_in_batches(parts, events, cuts, data.draw(st.integers(1, 8)))

    assert ending(parts, shuffled) == ending(parts, straight)
    assert verify(parts).broken == ()
