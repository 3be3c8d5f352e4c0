from __future__ import annotations

from dataclasses import replace

import pytest

from fundtracker.domain.roles import SECOND_FACTOR, Grant, Role, needs_second_factor


@pytest.mark.parametrize("role", Role)
def test_a_password_alone_is_not_enough_for_those_who_move_money_or_give_rights(role: Role) -> None:
    assert needs_second_factor([Grant(Role.TELLER), Grant(role)]) is (role in SECOND_FACTOR)


@pytest.mark.parametrize("extra", ["sees_names", "sees_emails"])
def test_nor_is_it_for_those_who_see_who_the_donors_are(extra: str) -> None:
    auditor = Grant(Role.AUDITOR)

    assert not needs_second_factor([auditor])
    assert needs_second_factor([auditor, replace(auditor, **{extra: True})])
