"""Members of staff as administrators see them: who they are, and what they have been given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid, InvalidText
from fundtracker.domain.roles import Role
from fundtracker.domain.text import clean_line

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.roles import Grant

_LONGEST_NAME = 80


class MemberState(StrEnum):
    """Whether somebody can sign in."""

    # A link was sent; until it is used there is no password.
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        """The words for people, to be translated."""
        return _LABELS[self]


_LABELS = {
    MemberState.INVITED: N_("invited"),
    MemberState.ACTIVE: N_("active"),
    MemberState.DISABLED: N_("disabled"),
}


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant with the names of its fund and section, which are empty where it is for all."""

    grant: Grant
    fund: str
    section: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff; `seen_at` is when they last asked for a page."""

    id: int
    token: str
    name: str
    email: str
    state: MemberState
    has_factor: bool
    seen_at: datetime | None
    held: tuple[HeldGrant, ...]

    @property
    def seen(self) -> Seen:
        """What a form about them is made from."""
        disabled = self.state is MemberState.DISABLED
        return Seen(disabled, frozenset(held.grant.id for held in self.held))


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody had when a form was made: if that has changed since, the form is refused."""

    disabled: bool
    grants: frozenset[int]

    def __str__(self) -> str:
        state = MemberState.DISABLED if self.disabled else MemberState.ACTIVE
        return " ".join([state, *map(str, sorted(self.grants))])

    @classmethod
    def parse(cls, text: str) -> Seen:
        """Read what a form carried; what is no such text was seen of nobody."""
        state, *ids = text.split() or [""]
        grants = frozenset(int(id) for id in ids if id.isdecimal() and id.isascii())
        return cls(state == MemberState.DISABLED, grants)


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant as it is asked for: a role by its name, a fund by its slug, a section by its code.

    An empty fund or section is all of them.
    """

    role: str
    fund: str = ""
    section: str = ""
    sees_names: bool = False
    sees_emails: bool = False


def staff_name(text: str) -> str:
    """Return how somebody wants to be called; raises InvalidText."""
    name = clean_line(text, field="name", limit=_LONGEST_NAME)
    if not name:
        raise InvalidText(N_("Please enter a name."), field="name")
    return name


def role_of(text: str) -> Role:
    """Return a role by its name; raises Invalid."""
    try:
        return Role(text)
    except ValueError:
        raise Invalid(N_("Please choose a role from the list."), field="role") from None
