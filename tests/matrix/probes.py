"""What somebody tries who would like to see more: guessed ids, filters, sorting, edited forms."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from fundtracker.domain.exports import FORMATS
from tests.matrix.visitors import Answer, Visitor, Whose, cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.matrix.visitors import Case
    from tests.matrix.world import Place, World

Fields = dict[str, str]

# Pages of these rooms list, count and sum what sections own; some look for what somebody typed.
_ROOMS = ("treasury.", "office.inbox", "office.audit", "office.rates", "office.fund")
_SEARCHES = {"treasury.donations", "treasury.refunds", "treasury.journals", "office.audit"}
_PLAIN: tuple[Fields, ...] = (
    {},
    {"sort": "amount", "order": "desc", "dir": "desc", "by": "section", "page": "2"},
    {"method": "online", "status": "succeeded", "kind": "refund"},
    {"since": "2020-01-01", "until": "2099-12-31"},
    {"since": "2020-01-01", "dates": "booking"},
    {"section": "-"},
    {"names": "1", "personal": "1", "all": "1", "scope": "*"},
)


class Probe(NamedTuple):
    """A question to a route, and the same about nobody's, which must get the same answer.

    `twin` None is where there is no such question.
    """

    case: Case
    whose: Whose
    query: Mapping[str, str]
    form: Mapping[str, str]
    twin: Probe | None = None

    def asked_by(self, visitor: Visitor) -> Answer:
        """Ask it."""
        return visitor.ask(self.case, self.whose, query=self.query, form=self.form)


def probes(world: World, visitor: Visitor) -> Iterator[Probe]:
    """Everything that is worth a try for this visitor."""
    open_cases = [
        case
        for case in cases(world.office.app)
        if case.rule.staff and visitor.may(case.rule.permission)
    ]
    for case in open_cases:
        own = visitor.scope(case.rule.permission)
        foreign = [place for place in world.places if not place.lies_within(own)][:2]
        for whose in Whose:
            if visitor.has(case, whose):
                twin = Probe(case, Whose.NOBODYS, {}, {}) if whose is Whose.FOREIGN else None
                yield Probe(case, whose, {}, {}, twin)
        if case.method == "GET" and case.endpoint.startswith(_ROOMS):
            yield from _filtered(case, visitor, foreign)
        elif case.endpoint in _FORMS:
            yield from _forged(case, foreign)


def _filtered(case: Case, visitor: Visitor, foreign: list[Place]) -> Iterator[Probe]:
    if not visitor.has(case, Whose.OWN):
        return
    for query in _PLAIN:
        yield Probe(case, Whose.OWN, query, {})
    for place in foreign:
        yield Probe(case, Whose.OWN, {"fund": place.fund, "section": place.section or "-"}, {})
        if case.endpoint not in _SEARCHES:
            continue
        for word in (*place.ids, place.personal[2]):
            nobodys = Probe(case, Whose.OWN, {"text": "nobodysthing"}, {})
            yield Probe(case, Whose.OWN, {"text": word}, {}, nobodys)
        for number in (str(place.donation_id), place.ids[5]):
            yield Probe(case, Whose.OWN, {"after": number}, {})


def _forged(case: Case, foreign: list[Place]) -> Iterator[Probe]:
    for form in _FORMS[case.endpoint]:
        yield Probe(case, Whose.OWN, {}, form)
        for place in foreign:
            there = {"fund": place.fund, "section": place.section or "-"}
            yield Probe(case, Whose.OWN, {}, form | there)


def _exports() -> Iterator[Fields]:
    for kind, formats in FORMATS.items():
        for form in formats:
            yield {"what": kind, "format": form, "fund": "hall"}


_FORMS: dict[str, tuple[Fields, ...]] = {
    "treasury.export_make": tuple(chain(_exports(), ({"what": "donations", "format": "csv"},))),
}
