"""What the lists of the ledger have in common: their filter in the address, and pages by key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import render_template, request, url_for

from fundtracker.domain.errors import N_, FundtrackerError, Invalid, UnknownFund, UnknownSection
from fundtracker.domain.filters import WITHOUT_SECTION, LedgerFilter
from fundtracker.domain.pledge_filters import PledgeFilter
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store import sections, statistics
from fundtracker.web.context import settings
from fundtracker.web.i18n import say
from fundtracker.web.treasury import wording
from fundtracker.web.treasury.tables import WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope

Line = TypeVar("Line")
Wanted = TypeVar("Wanted", LedgerFilter, PledgeFilter)

PAGE = 50
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_]{1,255}", re.ASCII)
_NO_PAGE = N_("There is no such page. Please start from the newest.")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a filter may name: the funds and sections in which somebody may read anything."""

    funds: Sequence[Fund]
    sections: Mapping[str, str]
    without_section: bool


@dataclass(frozen=True, slots=True)
class Asked(Generic[Wanted]):
    """A question in an address: what it means, what was typed, and what is wrong with it.

    `wanted` is None where something is wrong: then there is nothing to show but the form.
    """

    choices: Choices
    wanted: Wanted | None
    typed: Mapping[str, str]
    mistake: FundtrackerError | None

    @property
    def several_funds(self) -> bool:
        """Whether a line needs to say of which fund it is."""
        narrowed = self.wanted is not None and bool(self.wanted.fund)
        return len(self.choices.funds) > 1 and not narrowed

    @property
    def is_rehearsal(self) -> bool:
        """Whether what is shown is of a rehearsal: without a fund named, none is among it."""
        slug = self.wanted.fund if self.wanted is not None else ""
        return any(fund.rehearsal and fund.slug == slug for fund in self.choices.funds)

    @property
    def status(self) -> int:
        """The status of the page."""
        return HTTPStatus.OK if self.mistake is None else HTTPStatus.UNPROCESSABLE_ENTITY


def ask(session: Session, reach: Scope, filters: type[Wanted]) -> Asked[Wanted]:
    """Read the question of this request, as far as the reader may ask it.

    A fund or a section out of reach is unknown, exactly as one that does not exist.
    """
    choices = choices_in(session, reach)
    try:
        wanted = filters.parse(request.args)
        _check(wanted, choices)
    except (Invalid, UnknownFund, UnknownSection) as error:
        return Asked(choices, None, request.args, error)
    return Asked(choices, wanted, wanted.to_query(), None)


def refused(asked: Asked[Wanted], error: Invalid) -> Asked[Wanted]:
    """The same question with what is wrong with it."""
    return Asked(asked.choices, None, request.args, error)


def address(endpoint: str, query: Mapping[str, str]) -> str:
    """Return the address of a page with a question in it."""
    return f"{url_for(endpoint)}?{urlencode(query)}".rstrip("?")


def choices_in(session: Session, reach: Scope) -> Choices:
    """The funds and sections within a scope."""
    funds = statistics.funds_within(session, reach)
    parts = [part.section for fund in funds for part in sections.of_fund(session, fund.id, reach)]
    named = {section.code: section.name for section in parts}
    return Choices(
        funds,
        dict(sorted(named.items(), key=lambda item: item[1].casefold())),
        any(reach.allows(fund.id, NO_SECTION) for fund in funds),
    )


def after_number() -> int | None:
    """The number of the last line of the page before; raises Invalid for what is none."""
    text = request.args.get("after", "")
    if text and not _NUMBER.fullmatch(text):
        raise Invalid(_NO_PAGE, field="after")
    return int(text) if text else None


def after_id() -> str | None:
    """The id of the last line of the page before; raises Invalid for what is none."""
    text = request.args.get("after", "")
    if text and not _ID.fullmatch(text):
        raise Invalid(_NO_PAGE, field="after")
    return text or None


def render_list(
    template: str,
    asked: Asked[Any],
    lines: Sequence[Line],
    *,
    kind: str,
    last: object = None,
    **more: object,
) -> tuple[str, int]:
    """Show a page of a list; `last` names its last line if there are older ones."""
    query = asked.wanted.to_query() if asked.wanted else {}
    endpoint = request.endpoint or ""
    page = render_template(
        template,
        asked=asked,
        rehearsal=asked.is_rehearsal,
        lines=lines,
        typed=asked.typed,
        mistake=asked.mistake,
        mistake_words=say(asked.mistake) if asked.mistake else "",
        older=None if last is None else address(endpoint, {**query, "after": str(last)}),
        newest=address(endpoint, query) if "after" in request.args else None,
        export=address("treasury.export_new", {"what": kind, **query}) if asked.wanted else None,
        narrowed=bool(query),
        without_section=WITHOUT_SECTION,
        ways=WAYS,
        wording=wording,
        simulated=settings().simulated,
        **more,
    )
    return page, asked.status


def _check(wanted: LedgerFilter | PledgeFilter, choices: Choices) -> None:
    if wanted.fund and wanted.fund not in {fund.slug for fund in choices.funds}:
        raise UnknownFund(N_("You can see no fund of that name."), field="fund")
    known = {*choices.sections, WITHOUT_SECTION} if choices.without_section else choices.sections
    if wanted.section and wanted.section not in known:
        raise UnknownSection(N_("You can see no section of that code."), field="section")
