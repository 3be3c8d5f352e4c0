from __future__ import annotations

import pytest

from fundtracker.domain.facts import Fact, TransactionFact
from fundtracker.payments.events import read
from fundtracker.services.identify import identity, refs, tokens
from tests.factories.stripe import Payment

PAY = Payment("gift", number=7)


def facts(*things: dict[str, object]) -> list[Fact]:
    return [fact for thing in things for fact in read(str(thing["object"]), thing)]


@pytest.mark.parametrize(
    ("thing", "token", "names"),
    [
        (PAY.session(), "gift", ("cs_7", "pi_7")),
        (PAY.session(payment_intent=None), "gift", ("cs_7",)),
        (PAY.intent(), "gift", ("pi_7",)),
        (PAY.charge(), None, ("ch_7", "pi_7")),
        (PAY.charge(metadata={"donation": "gift"}), "gift", ("ch_7", "pi_7")),
        (PAY.refund(), None, ("re_7", "ch_7", "pi_7")),
        (PAY.dispute(), None, ("du_7", "ch_7", "pi_7")),
    ],
)
def test_a_fact_names_its_payment_the_vaguest_name_last(
    thing: dict[str, object], token: str | None, names: tuple[str, ...]
) -> None:
    [fact] = facts(thing)
    assert not isinstance(fact, TransactionFact)

    found = identity(fact)

    assert (found.token, found.refs, found.wanted) == (token, names, names[-1])


def test_everything_that_a_batch_names_is_looked_up_at_once() -> None:
    told = facts(
        PAY.session(),
        PAY.refund(),
        PAY.line(PAY.charge(), 5700),
        PAY.line({"id": None, "object": "adjustment"}, 100),
    )

    assert tokens(told) == {"gift"}
    assert refs(told) == {"cs_7", "pi_7", "re_7", "ch_7"}
