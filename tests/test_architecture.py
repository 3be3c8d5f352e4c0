from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config import Settings
from fundtracker.app import create_app
from fundtracker.web.access import UndeclaredRoutes, refuse_undeclared_routes
from tests.support import rules, scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    Rule = Callable[[str], Iterator[str]]

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = (*ROOT.glob("*.py"), *ROOT.glob("fundtracker/**/*.py"))
DOMAIN = tuple(ROOT.glob("fundtracker/domain/**/*.py"))
STORE = tuple(ROOT.glob("fundtracker/store/**/*.py"))
# The policies and the seals are about these tables; the simulator has none of them.
SCOPED = tuple(
    file
    for file in ROOT.glob("fundtracker/**/*.py")
    if "simulator" not in file.parts and file.name not in {"policies.py", "ledger_seal.py"}
)
# What a person's mail program shows has no policy of ours, and no style sheets either.
PAGES = tuple(page for page in ROOT.glob("templates/**/*.html") if "email" not in page.parts)


def offences(rule: Rule, files: tuple[Path, ...]) -> list[str]:
    assert files, "a rule that looks at nothing holds nothing"
    return [
        f"{file.relative_to(ROOT)}: {found}"
        for file in files
        for found in rule(file.read_text(encoding="utf-8"))
    ]


def test_no_module_is_longer_than_300_lines() -> None:
    assert offences(rules.too_long, PRODUCT) == []


def test_only_the_unit_of_work_begins_and_commits() -> None:
    unit_of_work = ROOT / "fundtracker/store/database.py"
    others = tuple(file for file in PRODUCT if file != unit_of_work)

    assert offences(rules.ends_transactions, (unit_of_work,)) != []
    assert offences(rules.ends_transactions, others) == []


def test_no_float_comes_near_money() -> None:
    assert offences(rules.uses_floats, DOMAIN + STORE) == []


def test_no_function_imports_what_is_ours() -> None:
    assert offences(rules.imports_ours_in_functions, PRODUCT) == []


def test_the_domain_uses_the_standard_library_alone() -> None:
    assert offences(rules.imports_beyond_standard_library, DOMAIN) == []


def test_no_template_has_inline_style_or_script() -> None:
    assert offences(rules.inlines_style_or_script, PAGES) == []


def test_rows_of_sections_are_read_within_a_scope() -> None:
    """Or by a function that is excepted by name, with a reason; no exception outlives its need."""
    readers = {
        (str(file.relative_to(ROOT / "fundtracker")), name)
        for file in SCOPED
        for name in scopes.reads_without_scope(file.read_text(encoding="utf-8"))
    }
    excepted = {
        (file, name)
        for files in scopes.UNSCOPED.values()
        for file, names in files.items()
        for name in names
    }

    assert sorted(readers - excepted) == []
    assert sorted(excepted - readers) == []


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(Settings.from_env({"INSTANCE_DIR": str(tmp_path)}))
    yield app
    app.extensions["background"].stop()


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} <= set(app.view_functions)
    refuse_undeclared_routes(app)


def test_a_route_that_does_not_say_so_stops_the_start(app: Flask) -> None:
    app.add_url_rule("/everything", "treasury.everything", lambda: "all names")

    with pytest.raises(UndeclaredRoutes, match=r"treasury\.everything"):
        refuse_undeclared_routes(app)


# Each rule can fail, and does not cry at what is fine.


def reader(query: str, *parameters: str) -> str:
    return f"def all({', '.join(('session', *parameters))}):\n  return {query}"


@pytest.mark.parametrize(
    ("rule", "sample", "found"),
    [
        (rules.too_long, "x = 1\n" * 301, "301 lines"),
        (rules.ends_transactions, "session.commit()", "line 1: .commit("),
        (rules.ends_transactions, "\nwith db.session.begin():\n    pass", "line 2: .begin("),
        (rules.uses_floats, "total = float(minor)", "line 1: float"),
        (rules.uses_floats, "rate: float", "line 1: float"),
        (rules.uses_floats, "rate = 1.15", "line 1: 1.15"),
        (rules.uses_floats, "half = minor / 2", "line 1: division by /"),
        (rules.uses_floats, "amount = mapped_column(sa.Numeric(12, 2))", "line 1: Numeric"),
        (
            rules.imports_ours_in_functions,
            "def give():\n    from fundtracker.store import funds",
            "line 2: fundtracker.store",
        ),
        (rules.imports_ours_in_functions, "def give():\n    import config", "line 2: config"),
        (rules.imports_ours_in_functions, "async def a():\n    from . import b", "line 2: ."),
        (rules.imports_beyond_standard_library, "import sqlalchemy.orm", "line 1: sqlalchemy.orm"),
        (
            rules.imports_beyond_standard_library,
            "from fundtracker.store import base",
            "line 1: fundtracker.store",
        ),
        (rules.inlines_style_or_script, '<p\n style="color:red">', "line 1: style="),
        (rules.inlines_style_or_script, "<style>p{}</style>", "line 1: <style>"),
        (rules.inlines_style_or_script, "\n<script>go()</script>", "line 2: <script> without src"),
        (rules.inlines_style_or_script, '<button onclick="go()">', "line 1: onclick="),
        (rules.inlines_style_or_script, "<a href='javascript:go()'>", "line 1: javascript:"),
        (rules.inlines_style_or_script, "{% if a > b %}\n<b style=''>", "line 2: style="),
        (rules.inlines_style_or_script, "{{ form.amount(style='x') }}", "line 1: style="),
        (scopes.reads_without_scope, reader("select(DonationRow)"), "all"),
        (scopes.reads_without_scope, reader("select(donations.DonationRow.id)"), "all"),
        (scopes.reads_without_scope, reader("session.get(TotalRow, 1)"), "all"),
        (scopes.reads_without_scope, reader("session.execute(text('select * FROM entry'))"), "all"),
        (scopes.reads_without_scope, reader("select(EntryRow)", "scope"), "all"),
        (
            scopes.reads_without_scope,
            reader("within(select(EntryRow), everything)", "scope"),
            "all",
        ),
        (scopes.reads_without_scope, reader("within(select(EntryRow), scope)"), "all"),
        (scopes.reads_without_scope, f"Q = select(EntryRow)\n{reader('Q')}", "all"),
        (scopes.reads_without_scope, f"def q():\n  return EntryRow\n{reader('q()')}", "all"),
        (scopes.reads_without_scope, f"from x import EntryRow as E\n{reader('select(E)')}", "all"),
    ],
)
def test_what_breaks_a_rule_is_found(rule: Rule, sample: str, found: str) -> None:
    assert list(rule(sample)) == [found]


@pytest.mark.parametrize(
    ("rule", "sample"),
    [
        (rules.too_long, "x = 1\n" * 300),
        (rules.ends_transactions, "with database.unit_of_work() as session:\n    pass"),
        (rules.uses_floats, 'whole = minor // 100\nfolder = here / "migrations"'),
        (rules.imports_ours_in_functions, "from fundtracker import app\ndef f():\n    import os"),
        (
            rules.imports_beyond_standard_library,
            "from decimal import Decimal\nfrom fundtracker.domain.money import Money",
        ),
        (rules.inlines_style_or_script, '<script src="a.js"></script>'),
        (rules.inlines_style_or_script, '<script type="application/json">{{ data }}</script>'),
        (rules.inlines_style_or_script, '<link rel="stylesheet" href="a.css">'),
        (rules.inlines_style_or_script, "<p lang=\"{{ 'on' if a > b }}\" data-style='x'>"),
        (scopes.reads_without_scope, reader("within(select(EntryRow), scope)", "scope")),
        (
            scopes.reads_without_scope,
            "def q(scope):\n  return within(EntryRow, scope)\n" + reader("q(scope)", "scope"),
        ),
        (scopes.reads_without_scope, reader("select(FundRow)")),
        (scopes.reads_without_scope, reader("session.add(DonationRow(id=1))")),
        (scopes.reads_without_scope, reader("insert(EntryRow)")),
        (scopes.reads_without_scope, "def q():\n  return select(EntryRow)"),
        (scopes.reads_without_scope, "def f(session, row: DonationRow):\n  return row.id"),
    ],
)
def test_what_keeps_a_rule_passes(rule: Rule, sample: str) -> None:
    assert list(rule(sample)) == []
