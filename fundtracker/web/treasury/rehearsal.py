"""Whether a page of the treasury is about a rehearsal, so that it says so."""

from __future__ import annotations

from fundtracker.domain.errors import UnknownFund
from fundtracker.store import funds
from fundtracker.web.context import parts


def is_of_rehearsal(slug: str) -> bool:
    """Tell whether a fund that a page is about is a rehearsal; none is not."""
    if not slug:
        return False
    with parts().database.reading() as session:
        try:
            return funds.by_slug(session, slug).rehearsal
        except UnknownFund:
            return False
