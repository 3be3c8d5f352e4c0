from __future__ import annotations

from fundtracker.domain.audit import Action


def test_every_act_is_told_in_words_of_its_own() -> None:
    labels = {action.label for action in Action}

    assert len(labels) == len(Action)
    assert all(labels)
