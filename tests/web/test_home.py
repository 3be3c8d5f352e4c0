from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.pages import Pages


def test_the_only_open_fund_is_gone_to_at_once(pages: Pages) -> None:
    pages.fund()
    pages.fund(slug="next-year", opens_at=datetime(2027, 6, 1, tzinfo=UTC))

    answer = pages.get("/").answer

    assert answer.status_code == 302
    assert answer.location == "/f/conference"


def test_several_open_funds_are_listed_with_their_numbers(pages: Pages) -> None:
    pages.fund(name="One conference")
    pages.fund(slug="other", name="Another conference")

    first = pages.get("/")

    assert "One conference" in first.html
    assert {"/f/conference", "/f/other"} <= set(first.links)
    assert "The target is €400,000. Be the first." in first.html


def test_without_an_open_fund_the_page_says_so_kindly(pages: Pages) -> None:
    pages.fund(status="draft")

    first = pages.get("/")

    assert first.status == 200
    assert "Nothing is being collected at the moment." in first.html


def test_every_page_says_that_its_money_is_not_real(pages: Pages) -> None:
    pages.fund()

    for path in ("/f/conference", "/screen/conference", "/nothing"):
        assert "Test money" in pages.get(path).html
