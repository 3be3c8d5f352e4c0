"""The way around the pages of staff: what each person's permissions lead to, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request, url_for

from fundtracker.domain.errors import N_
from fundtracker.domain.roles import Permission
from fundtracker.web.identity import visitor

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True)
class Place:
    """One page in the navigation; `label` is translated where it is shown.

    `also` names pages that lie within it and are called otherwise.
    """

    endpoint: str
    label: str
    permission: Permission
    also: tuple[str, ...] = ()


ROOMS = {
    N_("Desk"): (Place("desk.desks", N_("Desks"), Permission.USE_DESK, also=("desk.",)),),
    N_("Treasury"): (
        Place("treasury.overview", N_("Overview"), Permission.READ_LEDGER),
        Place("treasury.donations", N_("Donations"), Permission.READ_LEDGER),
        Place(
            "treasury.pledges",
            N_("Pledges"),
            Permission.READ_LEDGER,
            also=(
                "treasury.owed",
                "treasury.matches",
                "treasury.allocate_",
                "treasury.allocation_",
            ),
        ),
        Place("treasury.refunds", N_("Refunds"), Permission.READ_LEDGER),
        Place("treasury.journals", N_("Journals"), Permission.READ_LEDGER),
        Place("treasury.figures", N_("Figures"), Permission.READ_LEDGER),
        Place("treasury.exports", N_("Exports"), Permission.READ_LEDGER),
        Place("treasury.promises", N_("To look at"), Permission.READ_LEDGER),
    ),
    N_("Office"): (
        Place("office.funds", N_("Funds"), Permission.READ_FUNDS, also=("office.rates",)),
        Place("office.sections", N_("Sections"), Permission.READ_FUNDS),
        Place("office.people", N_("People"), Permission.READ_STAFF),
        Place("office.inbox", N_("Stripe and jobs"), Permission.READ_INBOX),
        Place("office.audit", N_("Audit log"), Permission.READ_AUDIT),
    ),
}


@dataclass(frozen=True, slots=True)
class Room:
    """The pages of one part of the house that somebody may open: label, address, whether here."""

    label: str
    places: tuple[tuple[str, str, bool], ...]


def setup_navigation(app: Flask) -> None:
    """Give templates the visitor and the rooms that are open to them."""
    app.jinja_env.globals.update(visitor=visitor, rooms=rooms)


def rooms() -> list[Room]:
    """Return the rooms of the one who asks, without those that would be empty."""
    who = visitor()
    if who is None or not who.is_complete:
        return []
    found = (
        Room(
            label,
            tuple(
                (place.label, url_for(place.endpoint), _here(place))
                for place in places
                if who.may(place.permission)
            ),
        )
        for label, places in ROOMS.items()
    )
    return [room for room in found if room.places]


def _here(place: Place) -> bool:
    """Whether a page is this place or lies within it: office.funds, office.fund_end."""
    names = (place.endpoint.removesuffix("s"), *place.also)
    return (request.endpoint or "").startswith(names)
