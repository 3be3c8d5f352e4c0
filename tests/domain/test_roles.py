from __future__ import annotations

import pytest

from fundtracker.domain.roles import SECOND_FACTOR, Grant, Role, needs_second_factor


@pytest.mark.parametrize("role", Role)
def test_a_password_alone_is_not_enough_for_those_who_move_money_or_give_rights(role: Role) -> None:
    assert needs_second_factor([Grant(Role.TELLER), Grant(role)]) is (role in SECOND_FACTOR)


@pytest.mark.parametrize(
    "sees", [Grant(Role.AUDITOR, sees_names=True), Grant(Role.AUDITOR, sees_emails=True)]
)
def test_nor_is_it_for_those_who_see_who_the_donors_are(sees: Grant) -> None:
    assert not needs_second_factor([Grant(Role.AUDITOR)])
    assert needs_second_factor([Grant(Role.AUDITOR), sees])
