"""Count paper: keep what was counted on paper beside the desk, to be held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.desk.open import refuse_unless_correctable
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.desk.sitting import EVERYTHING, sitting
from fundtracker.store import paper, sections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.domain.money import Money
    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts


def count_paper(parts: Parts, slug: str, counted: Mapping[str, list[Money]], scope: Scope) -> None:
    """Keep the sums on paper by section code, "" for none, instead of those before.

    Raises UnknownFund or NotNow.
    """
    with sitting(parts, slug, scope) as at:
        refuse_unless_correctable(at.fund)
        codes = {
            part.section.code: part.section.id
            for part in sections.of_fund(at.session, at.fund.id, EVERYTHING)
        } | {"": NO_SECTION}
        by_section = {codes[code]: sums for code, sums in counted.items() if code in codes}
        paper.keep(at.session, at.fund.id, by_section, at.teller, at.now)
