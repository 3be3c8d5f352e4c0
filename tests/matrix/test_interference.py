"""What happens elsewhere changes nothing that somebody sees: no row, no sum, no count, no page."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.scope import Scope
from tests.matrix.leaks import leaks

if TYPE_CHECKING:
    from tests.matrix.answers import Answers


def test_whatever_is_given_elsewhere_a_page_stays_as_it_was(answers: Answers) -> None:
    """On SQLite, where `within` is alone, and on PostgreSQL, where the policies are."""
    wrong = []
    for visitor, probe, before, after in answers.seen:
        if after != before:
            told, tells = before.text.splitlines(), after.text.splitlines()
            wrong.append((visitor.name, probe, list(difflib.unified_diff(told, tells, n=0))[2:8]))

    assert wrong == []
    assert len(answers.seen) > 400


@pytest.mark.postgresql
def test_the_tables_hold_the_line_by_themselves(postgres_answers: Answers) -> None:
    """Without a single `within` on what sections own, PostgreSQL's policies let nothing through."""
    wrong = []
    for visitor, probe, _, after in postgres_answers.seen:
        scope, everywhere = visitor.scope(probe.case.rule.permission), Scope.everything()
        found = leaks(
            postgres_answers.world, after.text, scope, funds=everywhere, names=visitor.names
        )
        if found:
            wrong.append((visitor.name, probe, found))

    assert wrong == []
