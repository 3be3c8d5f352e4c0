from __future__ import annotations

import subprocess
import sys

from fundtracker.domain.money import CURRENCIES as OURS
from fundtracker.simulator.cards import CARDS
from fundtracker.simulator.currencies import CURRENCIES

IMPORT = """
import sys, threading
import fundtracker.simulator.app, fundtracker.simulator.listener
ours = [name for name in sys.modules if name.startswith("fundtracker.")]
print([name for name in ours if not name.startswith("fundtracker.simulator")])
print("stripe" in sys.modules, threading.active_count())
"""


def test_it_knows_nothing_of_the_app_and_starts_nothing() -> None:
    seen = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, check=True)

    assert seen.stdout.decode().splitlines() == ["[]", "False 1"]


def test_it_takes_the_currencies_that_we_take_and_in_the_same_steps() -> None:
    theirs = {
        each.code.upper(): (each.exponent, each.step, each.minimum) for each in CURRENCIES.values()
    }

    assert theirs == {each.code: (each.exponent, each.step, each.minimum) for each in OURS.values()}


def test_every_card_has_sixteen_digits_and_ends_differently() -> None:
    assert {len(card.number) for card in CARDS} == {16}
    assert len({card.last4 for card in CARDS}) == len(CARDS)
