"""What somebody tries who would like to see more: guessed ids, filters, sorting, edited forms."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from fundtracker.domain.exports import FORMATS, OF_ONE_FUND
from fundtracker.domain.scope import Scope
from tests.matrix.leaks import leaks
from tests.matrix.visitors import USED_UP, Whose, cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.matrix.visitors import Answer, Case, Visitor
    from tests.matrix.world import Place, World

    Asking = Callable[[Visitor, "Probe"], Answer]

Fields = dict[str, str]

# Pages of these rooms list, count and sum what sections own; some look for what somebody typed.
_ROOMS = ("treasury.", "office.inbox", "office.audit", "office.rates", "office.fund")
# How they answer to a section that does not exist.
_UNKNOWN = {
    "treasury.donations": 422,
    "treasury.refunds": 422,
    "treasury.journals": 422,
    "treasury.pledges": 422,
    "treasury.figures": 404,
}
_SEARCHES = {
    "treasury.donations",
    "treasury.pledges",
    "treasury.refunds",
    "treasury.journals",
    "office.audit",
}
_EVERYWHERE: tuple[Fields, ...] = (
    {"sort": "amount", "order": "desc", "dir": "desc", "by": "section", "page": "2"},
    {"method": "online", "status": "succeeded", "kind": "refund"},
    {"since": "2020-01-01", "until": "2099-12-31"},
    {"since": "2020-01-01", "dates": "booking"},
    {"since": datetime.now(UTC).date().isoformat()},
    {"names": "1", "personal": "1", "all": "1", "scope": "*"},
)
# Forms that would be taken if only what they are about were one's own.
_FORMS: dict[str, Fields] = {
    "treasury.enter_make": {
        "attempt": "a-form-of-yesterday",
        "method": "cash",
        "amount": "12.34",
        "currency": "GBP",
        "given_on": datetime.now(UTC).date().isoformat(),
        "holder": "bag 7",
    },
    "treasury.refund_order": {
        "key": "a-form-of-yesterday",
        "amount": "12.34",
        "reason": "asked for",
        "step": "order",
    },
    "treasury.reverse_make": {"reason": "a mistake"},
    "treasury.pledge_make": {
        "attempt": "a-form-of-yesterday",
        "amount": "12.34",
        "currency": "GBP",
        "due": "2099-12-31",
    },
    "treasury.pledge_decide": {"version": "1"},
    "treasury.pledge_save": {"version": "1", "due": "2099-12-31", "amount": "99999999"},
    "treasury.allocate_pay": {"way": "exact", "pledge": "nobodysthing"},
}
_OURS = 500


class Probe(NamedTuple):
    """A question to a route, and what is known of its answer beforehand.

    Of something foreign the answer must be that to the `twin`, which asks for nobody's; an edited
    form must be answered with `status`.
    """

    case: Case
    whose: Whose
    query: Mapping[str, str] = MappingProxyType({})
    form: Mapping[str, str] = MappingProxyType({})
    twin: Probe | None = None
    status: int | None = None

    @property
    def only_shows(self) -> bool:
        """Whether it asks for a list, a page or a file of one's own, and nothing is done by it."""
        case = self.case
        return (
            (case.method == "GET" or case.endpoint == "treasury.export_make")
            and self.whose is Whose.OWN
            and not case.endpoint.startswith("account.")
            and not USED_UP.keys() & case.things
            and not {"text", "after"} & self.query.keys()
        )

    @property
    def is_known(self) -> bool:
        """Whether it is known beforehand how it has to be answered."""
        return self.twin is not None or self.status is not None

    @property
    def key(self) -> tuple[object, ...]:
        """What is asked, as something to look it up by."""
        case, words = self.case, (tuple(self.query.items()), tuple(self.form.items()))
        return (case.endpoint, case.method, self.whose, *words)

    def asked_by(self, visitor: Visitor, read: set[str] | None = None) -> Answer:
        """Ask it, and note what is read of its address."""
        return visitor.ask(self.case, self.whose, query=self.query, form=self.form, read=read)

    def finds(self, world: World, visitor: Visitor, ask: Asking | None = None) -> list[str]:
        """Ask it, anew unless otherwise, and return what its answer shows that it should not."""
        ask = ask or _anew
        answer = ask(visitor, self)
        scope = visitor.scope(self.case.rule.permission)
        # A page that asks for no permission may name the funds that the world knows.
        funds = scope if self.case.rule.permission else Scope.everything()
        found = leaks(world, answer.text, scope, funds=funds, names=visitor.names)
        if answer.status >= _OURS:
            found.append(f"answered with {answer.status}")
        if self.twin is not None and ask(visitor, self.twin) != answer:
            found.append("answered otherwise than for what is nobody's")
        if self.status not in {None, answer.status}:
            found.append(f"answered with {answer.status}, and not with {self.status}")
        return found


def _anew(visitor: Visitor, probe: Probe) -> Answer:
    return probe.asked_by(visitor)


def probes(world: World, visitor: Visitor) -> Iterator[Probe]:
    """Everything that is worth a try for this visitor."""
    for case in cases(world.office.app):
        if case.rule.staff and visitor.may(case.rule.permission):
            for whose in Whose:
                if visitor.has(case, whose):
                    yield from _plain(case, whose)
            if visitor.has(case, Whose.OWN):
                yield from _tried(case, _ground(world, visitor.scope(case.rule.permission)))


class Ground(NamedTuple):
    """What lies within a scope, and what beyond."""

    own: list[Place]
    foreign: list[Place]

    @property
    def foreign_sections(self) -> set[str]:
        """The sections of which nothing lies within."""
        return {each.section for each in self.foreign} - {each.section for each in self.own}


def _ground(world: World, scope: Scope) -> Ground:
    inside = [place for place in world.places if place.lies_within(scope)]
    return Ground(inside, [place for place in world.places if place not in inside])


def _tried(case: Case, ground: Ground) -> Iterator[Probe]:
    if case.method == "GET" and case.endpoint.startswith(_ROOMS):
        yield from _filtered(case, ground)
    if case.endpoint == "treasury.export_make":
        yield from _taken_home(case, ground)
    if case.endpoint in {"treasury.enter_make", "treasury.pledge_make"}:
        yield from _entered(case, ground.foreign)
    if case.endpoint == "treasury.match":
        yield from _matched(case, ground)


def _plain(case: Case, whose: Whose) -> Iterator[Probe]:
    is_foreign = whose is Whose.FOREIGN
    yield Probe(case, whose, twin=Probe(case, Whose.NOBODYS) if is_foreign else None)
    form = _FORMS.get(case.endpoint)
    if is_foreign and form is not None:
        yield Probe(case, whose, form=form, twin=Probe(case, Whose.NOBODYS, form=form))


def _filtered(case: Case, ground: Ground) -> Iterator[Probe]:
    for query in _EVERYWHERE if ground.foreign else ():
        yield Probe(case, Whose.OWN, query)
    for code in ground.foreign_sections if case.endpoint in _UNKNOWN else ():
        yield Probe(case, Whose.OWN, {"section": code or "-"}, status=_UNKNOWN[case.endpoint])
    for place in ground.foreign[:2]:
        yield Probe(case, Whose.OWN, {"fund": place.fund, "section": place.section or "-"})
    for place in ground.foreign[:1] if case.endpoint in _SEARCHES else ():
        nobodys = Probe(case, Whose.OWN, {"text": "nobodysthing"})
        for word in (*place.ids, *place.personal[2:]):
            yield Probe(case, Whose.OWN, {"text": word}, twin=nobodys)
        yield from _continued(case, place)


def _continued(case: Case, place: Place) -> Iterator[Probe]:
    """Ask for the page that begins after something foreign, by number and by day."""
    last, missing = {
        "treasury.donations": (place.donation_id, 987_654),
        "treasury.journals": (place.journal_id, 987_654),
        "treasury.pledges": (place.pledge_id, 987_654),
        "treasury.refunds": (place.refund, "re_987654"),
        "office.audit": (place.number + 1, None),
    }[case.endpoint]
    dated = {"since": "2020-01-01"}
    yield Probe(case, Whose.OWN, {"after": str(last)})
    if missing is None:
        return  # the log is in the order of its numbers, whatever is asked for
    twin = Probe(case, Whose.OWN, dated | {"after": str(missing)})
    yield Probe(case, Whose.OWN, dated | {"after": str(last)}, twin=twin)


def _taken_home(case: Case, ground: Ground) -> Iterator[Probe]:
    funds = {place.fund for place in ground.own}
    for kind, formats in FORMATS.items():
        for form in formats:
            yield Probe(case, Whose.OWN, form={"what": kind, "format": form, "fund": "hall"})
        for fund in sorted({place.fund for place in ground.foreign}):
            refused = 422 if kind in OF_ONE_FUND and fund not in funds else None
            asked = {"what": kind, "format": formats[0], "fund": fund}
            yield Probe(case, Whose.OWN, form=asked, status=refused)
    for place in ground.foreign[:2]:
        there = {"what": "donations", "format": "csv", "section": place.section or "-"}
        yield Probe(case, Whose.OWN, form=there)


def _matched(case: Case, ground: Ground) -> Iterator[Probe]:
    """Let one's own gift pay somebody else's pledge, and the other way round."""
    for own, foreign in zip(ground.own[:1], ground.foreign[:1], strict=False):
        for donation, pledge in (
            (own.token, foreign.pledge_token),
            (foreign.token, own.pledge_token),
        ):
            form = {"donation": donation, "pledge": pledge, "agreed": "1:1:1"}
            yield Probe(case, Whose.OWN, form=form, status=404)


def _entered(case: Case, foreign: list[Place]) -> Iterator[Probe]:
    """Write for others: the form offers no such section, so it was edited."""
    for place in foreign:
        form = _FORMS[case.endpoint] | {"fund": place.fund, "section": place.section}
        yield Probe(case, Whose.OWN, form=form, status=422)
