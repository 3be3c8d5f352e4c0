from __future__ import annotations

import pytest

from fundtracker.domain.actors import Actor


@pytest.mark.parametrize(
    ("actor", "text"),
    [
        (Actor.donor(), "donor"),
        (Actor.stripe(), "stripe"),
        (Actor.worker(), "worker"),
        (Actor.command("root"), "command:root"),
    ],
)
def test_an_actor_reads_as_its_kind_and_name(actor: Actor, text: str) -> None:
    assert str(actor) == text
