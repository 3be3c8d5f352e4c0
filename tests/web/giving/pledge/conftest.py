"""A fund that takes promises, and ways to make some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.giving.pledge.promises import Promises

if TYPE_CHECKING:
    from tests.web.pages import Pages


@pytest.fixture
def promises(pages: Pages) -> Promises:
    """Open the pages of a fund that takes promises."""
    pages.fund()
    return Promises(pages)
