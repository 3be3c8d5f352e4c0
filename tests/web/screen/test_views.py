from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fundtracker.web.screen import views
from tests.web.pages import SLUG

if TYPE_CHECKING:
    import pytest

    from tests.web.pages import Page, Pages

PATH = f"/screen/{SLUG}"


def body(page: Page) -> str:
    found = re.search(r"<body[^>]*>", page.html)
    return " ".join(found.group().split()) if found else ""


def test_the_screen_shows_the_number_before_any_script_runs(pages: Pages) -> None:
    pages.fund()

    page = pages.get(PATH)

    assert page.status == 200
    assert 'href="#n-0"' in page.html
    assert "The target is €400,000. Be the first." in page.html
    assert "data-zero" in body(page)
    assert 'data-mode="live"' in body(page)


def test_the_address_chooses_theme_and_view(pages: Pages) -> None:
    pages.fund()

    page = pages.get(f"{PATH}?theme=night&view=tiles")

    assert 'data-theme="night"' in page.html
    assert 'data-view="tiles"' in body(page)


def test_nonsense_in_the_address_is_left_aside(pages: Pages) -> None:
    pages.fund()

    page = pages.get(f"{PATH}?theme=pink&view=upside-down")

    assert 'data-theme="paper"' in page.html
    assert 'data-view="number"' in body(page)


def test_milestones_stand_beside_the_number_where_there_are_no_sections(pages: Pages) -> None:
    pages.fund(sections_in={}, milestones=[25_000_000, 50_000_000])

    page = pages.get(PATH)

    assert "€250,000" in page.html
    assert "data-beside" in body(page)


def test_the_short_address_is_the_host_where_it_leads_to_this_fund(pages: Pages) -> None:
    pages.fund()

    assert "<bdi>127.0.0.1:8000</bdi>" in pages.get(PATH).html

    pages.fund(slug="other")

    assert f"<bdi>127.0.0.1:8000/f/{SLUG}</bdi>" in pages.get(PATH).html


def test_the_code_to_scan_is_drawn_by_us(pages: Pages) -> None:
    pages.fund()

    assert re.search(r'<svg viewBox="[^"]*" class="qr">', pages.get(PATH).html)


def test_an_unknown_fund_is_told_in_the_look_of_the_screen(pages: Pages) -> None:
    pages.fund(slug="draft", status="draft")

    for slug in ("nothing", "draft"):
        page = pages.get(f"/screen/{slug}")
        assert page.status == 404
        assert "There is no fund at this address." in page.html
        assert 'class="stage"' in page.html


def test_whatever_breaks_the_screen_stays_calm_and_tries_again(
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_given: object) -> None:
        message = "the records are away"
        raise RuntimeError(message)

    monkeypatch.setattr(views, "fund_at", fail)

    page = pages.get(PATH)

    assert page.status == 503
    assert page.answer.headers["Refresh"] == "5"
    assert "The count goes on." in page.html
    assert "records" not in page.html
