from __future__ import annotations

from datetime import date

import pytest

from fundtracker.domain.errors import Invalid, NotAllowed
from fundtracker.domain.exports import (
    FORMATS,
    Access,
    ExportFormat,
    ExportKind,
    Order,
    covers,
    read_scope,
)
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.scope import Reach, Scope

DAY = date(2026, 6, 12)


def order(what: str = "donations", form: str = "csv", **fields: str) -> Order:
    return Order.parse({"what": what, "format": form, **fields})


def scope(*reaches: tuple[int | None, int | None]) -> Scope:
    return Scope(frozenset(Reach(*reach) for reach in reaches))


@pytest.mark.parametrize("kind", ExportKind)
@pytest.mark.parametrize("form", ExportFormat)
def test_each_kind_comes_in_its_forms_and_no_other(kind: ExportKind, form: ExportFormat) -> None:
    if form in FORMATS[kind]:
        assert order(kind, form, fund="conference").kind is kind
    else:
        with pytest.raises(Invalid) as refused:
            order(kind, form, fund="conference")
        assert refused.value.field == "format"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": "everything"}, "what"),
        ({"form": ""}, "format"),
        ({"what": "statement"}, "fund"),
        ({"what": "fund", "form": "pdf"}, "fund"),
        ({"what": "refunds", "names": "1"}, "names"),
        ({"form": "pdf", "names": "1"}, "names"),
        ({"what": "pledges", "form": "pdf", "names": "1"}, "names"),
        ({"what": "pledges", "status": "succeeded"}, "status"),
        ({"status": "overdue"}, "status"),
        ({"section": "<b>"}, "section"),
    ],
)
def test_what_does_not_go_together_is_refused_by_its_field(
    fields: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        order(**fields)

    assert refused.value.field == field


def test_an_order_is_read_as_it_was_written() -> None:
    written = order(form="xlsx", fund="conference", text="R & B = ?", names="1")

    assert Order.read(str(written)) == written
    assert Order.read(str(order())) == order()
    of_pledges = order("pledges", status="overdue", age="over_90", names="1")
    assert Order.read(str(of_pledges)) == of_pledges


def test_what_is_looked_for_among_pledges_may_be_a_name() -> None:
    assert order("pledges", text="Rosa").searched
    assert not order("pledges").searched
    assert not order("donations", text="Rosa").searched


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (order(), "donations-2026-06-12.csv"),
        (order(form="csv_semicolon", fund="f", section="GB"), "donations-f-GB-2026-06-12.csv"),
        (order(section="-", names="1"), "donations-no-section-with-names-2026-06-12.csv"),
        (order(fund="a_b"), "donations-a-b-2026-06-12.csv"),
        (order("journals", "beancount"), "journals-2026-06-12.beancount"),
    ],
)
def test_a_file_is_called_after_what_it_is_of(given: Order, name: str) -> None:
    assert given.file_name(DAY) == name


def test_every_kind_and_form_has_words() -> None:
    labels = [member.label for member in (*ExportKind, *ExportFormat)]

    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    "written", [Scope.everything(), Scope.nothing(), scope((1, None), (None, 2), (3, 4))]
)
def test_a_scope_is_read_as_it_was_written(written: Scope) -> None:
    assert read_scope(str(written)) == written


@pytest.mark.parametrize(
    ("held", "needed", "enough"),
    [
        (Scope.everything(), scope((1, 2)), True),
        (Scope.everything(), Scope.everything(), True),
        (scope((1, None)), scope((1, 2)), True),
        (scope((None, 2)), scope((1, 2)), True),
        (scope((1, None), (None, 2)), scope((1, 3), (4, 2)), True),
        (scope((1, None)), Scope.everything(), False),
        (scope((1, 2)), scope((1, None)), False),
        (scope((1, None)), scope((2, 2)), False),
        (scope((1, 2)), scope((1, 2), (1, 3)), False),
        (Scope.nothing(), scope((1, 2)), False),
        (Scope.nothing(), Scope.nothing(), True),
    ],
)
def test_one_scope_covers_another_that_lies_within_it(
    held: Scope, needed: Scope, *, enough: bool
) -> None:
    assert covers(held, needed) is enough


def test_access_is_what_grants_allow() -> None:
    names = Grant(Role.SECTION_TREASURER, section_id=2, sees_names=True)
    access = Access.of([Grant(Role.AUDITOR), names], personal=True)

    assert access == Access(scope((None, None), (None, 2)), scope((None, 2)))
    assert Access.of([names], personal=False).names == Scope.nothing()
    assert Access.of([names], personal=False, searched=True).names == scope((None, 2))
    assert access.covers("*", "*/2")
    assert not access.covers("*", "*")


@pytest.mark.parametrize(
    ("grants", "personal"),
    [([], False), ([Grant(Role.TELLER)], False), ([Grant(Role.AUDITOR)], True)],
)
def test_without_the_permission_there_is_no_access(grants: list[Grant], *, personal: bool) -> None:
    with pytest.raises(NotAllowed):
        Access.of(grants, personal=personal)
