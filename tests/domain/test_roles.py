from __future__ import annotations

import pytest

from fundtracker.domain.errors import Invalid
from fundtracker.domain.roles import SECOND_FACTOR, Grant, Role, check_grant, needs_second_factor


@pytest.mark.parametrize("role", Role)
def test_a_password_alone_is_not_enough_for_those_who_move_money_or_give_rights(role: Role) -> None:
    assert needs_second_factor([Grant(Role.TELLER), Grant(role)]) is (role in SECOND_FACTOR)


@pytest.mark.parametrize(
    "sees", [Grant(Role.AUDITOR, sees_names=True), Grant(Role.AUDITOR, sees_emails=True)]
)
def test_nor_is_it_for_those_who_see_who_the_donors_are(sees: Grant) -> None:
    assert not needs_second_factor([Grant(Role.AUDITOR)])
    assert needs_second_factor([Grant(Role.AUDITOR), sees])


@pytest.mark.parametrize(
    ("grant", "field"),
    [
        (Grant(Role.SECTION_TREASURER), "section"),
        (Grant(Role.TELLER, section_id=3), "section"),
        (Grant(Role.ADMINISTRATOR, fund_id=2), "fund"),
        (Grant(Role.TELLER, sees_names=True), "sees_names"),
        (Grant(Role.TELLER, sees_emails=True), "sees_emails"),
    ],
)
def test_a_role_that_makes_no_sense_there_is_refused(grant: Grant, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_grant(grant)

    assert refused.value.field == field
