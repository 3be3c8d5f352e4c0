"""Who of the staff may do what: a grant is a role, for a fund or all, for a section or all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.scope import Reach, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(StrEnum):
    """What somebody is there for."""

    ADMINISTRATOR = "administrator"
    CENTRAL_TREASURER = "central_treasurer"
    SECTION_TREASURER = "section_treasurer"
    TELLER = "teller"
    SCREEN_OPERATOR = "screen_operator"
    # Reads everything, changes nothing.
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The role in words, to be translated."""
        return _LABELS[self]


class Permission(StrEnum):
    """One thing that may be done; views and services ask for these, never for roles."""

    # Donations, refunds, journals, statements, figures of the sections in scope.
    READ_LEDGER = "read_ledger"
    # Money by bank, in cash or by cheque, and its reversal.
    ENTER_GIFTS = "enter_gifts"
    # Promises: written down, changed, confirmed, given up; and which gifts pay them.
    CHANGE_PLEDGES = "change_pledges"
    # Money back to a donor.
    REFUND = "refund"
    # What is parked, quarantined or failed, and the state of Stripe; and acting on it.
    READ_INBOX = "read_inbox"
    WORK_INBOX = "work_inbox"
    READ_FUNDS = "read_funds"
    CHANGE_FUNDS = "change_funds"
    CHANGE_RATES = "change_rates"
    # Which promises count at once, and to which account they are transferred.
    CHANGE_TERMS = "change_terms"
    READ_STAFF = "read_staff"
    CHANGE_STAFF = "change_staff"
    READ_AUDIT = "read_audit"
    # The true number while the published one is held.
    READ_TRUE_TOTAL = "read_true_total"
    # What is called in the hall: typed, taken back, checked.
    USE_DESK = "use_desk"
    # Given apart from any role: the names of anonymous donors, and e-mail addresses.
    READ_NAMES = "read_names"
    READ_EMAILS = "read_emails"


_LABELS = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.CENTRAL_TREASURER: N_("Central treasurer"),
    Role.SECTION_TREASURER: N_("Section treasurer"),
    Role.TELLER: N_("Teller"),
    Role.SCREEN_OPERATOR: N_("Screen operator"),
    Role.AUDITOR: N_("Auditor"),
}

_READS = frozenset(
    {
        Permission.READ_LEDGER,
        Permission.READ_INBOX,
        Permission.READ_FUNDS,
        Permission.READ_STAFF,
        Permission.READ_AUDIT,
        Permission.READ_TRUE_TOTAL,
    },
)

PERMISSIONS = {
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.READ_INBOX,
            Permission.WORK_INBOX,
            Permission.READ_FUNDS,
            Permission.CHANGE_FUNDS,
            Permission.CHANGE_RATES,
            Permission.CHANGE_TERMS,
            Permission.READ_STAFF,
            Permission.CHANGE_STAFF,
            Permission.READ_AUDIT,
        },
    ),
    Role.CENTRAL_TREASURER: frozenset(
        {
            Permission.READ_LEDGER,
            Permission.ENTER_GIFTS,
            Permission.CHANGE_PLEDGES,
            Permission.REFUND,
            Permission.READ_INBOX,
            Permission.WORK_INBOX,
            Permission.READ_FUNDS,
            Permission.CHANGE_RATES,
            Permission.USE_DESK,
            Permission.CHANGE_TERMS,
            Permission.READ_TRUE_TOTAL,
        },
    ),
    Role.SECTION_TREASURER: frozenset(
        {Permission.READ_LEDGER, Permission.ENTER_GIFTS, Permission.CHANGE_PLEDGES}
    ),
    Role.TELLER: frozenset({Permission.USE_DESK, Permission.READ_TRUE_TOTAL}),
    Role.SCREEN_OPERATOR: frozenset({Permission.READ_TRUE_TOTAL}),
    Role.AUDITOR: _READS,
}

# Whoever can move money, or give rights to others, proves a second time who they are.
SECOND_FACTOR = frozenset({Role.ADMINISTRATOR, Role.CENTRAL_TREASURER, Role.SECTION_TREASURER})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within a reach, and whether names of anonymous donors and e-mails may be seen in it.

    `id` is 0 until it is stored.
    """

    role: Role
    fund_id: int | None = None
    section_id: int | None = None
    sees_names: bool = False
    sees_emails: bool = False
    id: int = 0

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything that it permits."""
        extra = set()
        if self.sees_names:
            extra.add(Permission.READ_NAMES)
        if self.sees_emails:
            extra.add(Permission.READ_EMAILS)
        return PERMISSIONS[self.role] | extra


def check_grant(grant: Grant) -> None:
    """Raise Invalid for a role that makes no sense within that reach."""
    if grant.role is Role.SECTION_TREASURER:
        if grant.section_id is None:
            raise Invalid(N_("A section treasurer needs a section."), field="section")
    elif grant.section_id is not None:
        raise Invalid(
            N_("Only a section treasurer is bound to a section; choose all sections."),
            field="section",
        )
    if grant.role is Role.ADMINISTRATOR and grant.fund_id is not None:
        raise Invalid(N_("An administrator is one for all funds."), field="fund")
    reads = Permission.READ_LEDGER in PERMISSIONS[grant.role]
    if (grant.sees_names or grant.sees_emails) and not reads:
        raise Invalid(
            N_("Who cannot read donations has no use for names or e-mail addresses."),
            field="sees_names" if grant.sees_names else "sees_emails",
        )


def permissions(grants: Iterable[Grant]) -> frozenset[Permission]:
    """Everything that these grants permit somewhere."""
    return frozenset().union(*(grant.permissions for grant in grants))


def scope(grants: Iterable[Grant], permission: Permission) -> Scope:
    """Where these grants permit it."""
    return Scope(
        frozenset(
            Reach(grant.fund_id, grant.section_id)
            for grant in grants
            if permission in grant.permissions
        ),
    )


def needs_second_factor(grants: Iterable[Grant]) -> bool:
    """Tell whether a password alone is not enough for these grants.

    Nor is it for who sees donors' names or addresses, whatever their role.
    """
    return any(
        grant.role in SECOND_FACTOR or grant.sees_names or grant.sees_emails for grant in grants
    )
