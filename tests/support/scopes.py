"""The rule that rows of sections are read within somebody's scope, and who is excepted and why."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from fundtracker.store import policies, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLES = (*policies.OWNED, *policies.OF_A_DONATION, *policies.OF_A_PLEDGE)
ROWS = frozenset(row.__name__ for row in tables.ALL if row.__tablename__ in _TABLES)
# What takes a scope and leaves of a query what lies within it.
_NARROWING = {"within", "narrowed"}
# Adding rows reads none.
_ADDING = {"insert", "insert_into", "save_all"}
_SQL = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO)\s+(?:{'|'.join(_TABLES)})\b", re.IGNORECASE)

# Functions that read rows of sections without a scope, and why each may: an entry that is not
# needed any more fails as well.
UNSCOPED: dict[str, dict[str, tuple[str, ...]]] = {
    "settles what Stripe told, for nobody in particular": {
        "services/give.py": ("_store_page",),
        "store/allocations.py": ("confirmed_of",),
        "store/pledges.py": ("lock",),
        "store/refund_orders.py": ("withdrawing",),
        "services/send_refund.py": ("_open",),
        "store/donations.py": ("lock", "locked", "other_account", "refs_of", "unsettled"),
        "store/ledger.py": ("_count_days", "_next_ids", "booked", "brought", "posted"),
        "store/payments.py": ("_charges", "_disputes", "_refunds", "remember", "transactions"),
        "store/rates.py": ("released",),
    },
    "answers whoever has the key to a promise, and reminds them, for nobody in particular": {
        "store/pledge_contacts.py": (
            "counted_since",
            "is_named",
            "of_link",
            "of_pledge",
            "of_pledges",
            "of_same_address",
            "remember",
            "reminders",
            "unanswered",
        ),
        "store/pledge_payments.py": ("on_the_way",),
        "store/pledge_reminders.py": ("arrived", "candidates", "is_reachable"),
    },
    "adds to sums that are kept for each section, and to the one of all": {
        "store/days.py": ("add",),
        "store/milestones.py": ("reach",),
        "store/totals.py": ("add",),
    },
    "finds what a form made, by the number that only this form has": {
        "store/donations.py": ("add", "by_attempt", "entered_like", "of_session", "page_of"),
        "store/pledges.py": ("by_attempt", "taken"),
        "store/refund_orders.py": ("by_key", "known", "open_keys"),
    },
    "locks the desk of a pledge that is looked for within a scope a moment later": {
        "store/call_course.py": ("fund_of_called",),
    },
    "completes rows that were found within a scope a moment before": {
        "services/look_at_name.py": ("look_at_name",),
        "store/allocations.py": ("move",),
        "store/call_course.py": ("left_of_call",),
        "store/calls.py": ("by_id",),
        "store/pledges.py": (
            "instalments",
            "of_call",
            "schedules",
            "set_instalments",
        ),
        "store/refund_orders.py": ("intent_of", "left", "of_donation"),
        "store/treasury_history.py": (
            "_beginning",
            "_not_booked",
            "history",
            "stripe_ids",
            "words_of",
        ),
        "web/treasury/allocate.py": ("_form",),
        "web/treasury/donation.py": ("_page",),
        "web/treasury/refund.py": ("_confirm", "_form"),
        "store/treasury_donations.py": ("_disputed", "_fees", "_refunded", "_stripe_methods"),
        "store/treasury_journals.py": (
            "_conditions",
            "_entries",
            "_numbers",
            "_of_source",
            "_tokens",
        ),
        "store/pledge_history.py": ("promiser_of",),
        "store/pledge_tasks.py": ("of_pledge",),
        "store/recent_pledges.py": ("_alone",),
        "store/statement_pledges.py": ("_differences",),
        "store/treasury_refunds.py": ("_askers", "_bases"),
    },
    "writes at a desk that was found within a scope, and is locked": {
        "store/calls.py": ("by_client_id", "last_of"),
        "store/desks.py": ("is_known",),
        "store/prepared.py": ("free", "used"),
        "store/same_calls.py": ("like", "match"),
        "store/totals.py": ("of_section",),
    },
    "is for the office, which says what funds and sections there are": {
        "services/change_section.py": ("part_of",),
        "store/funds.py": ("has_donations",),
        "store/sections.py": ("funds_with", "has_donations", "join", "rows_of"),
    },
    "holds the whole house together": {
        "store/recount.py": ("days", "kept_days", "make_anew", "relabel"),
        "store/pledges.py": ("by_ids", "paid_up"),
        "store/verify_calls.py": ("gaps", "unlike_their_pledges", "unlike_what_is_left"),
        "store/verify_pledges.py": ("booked", "counts", "paid", "paying", "pledges"),
        "store/verify.py": (
            "_donation_counts",
            "booked",
            "donations",
            "kept_totals",
            "ledger_totals",
            "misdated",
            "misplaced",
            "misplaced_refunds",
            "places_without_total",
            "suspense",
            "unbalanced",
            "unsealed",
            "without_rate",
        ),
    },
}


def reads_without_scope(source: str) -> Iterator[str]:
    """Name the functions that read rows of sections, and not within a scope they are handed.

    A function without a session only builds a query: whoever uses it, reads.
    """
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    owned, narrowing = set(ROWS), set(_NARROWING)
    while True:
        before = len(owned) + len(narrowing)
        owned |= {name for name, value in _assigned(tree) if _mentions(value, owned)}
        for function in functions:
            if not _has_session(function) and _touches(function, owned):
                owned.add(function.name)
            if _narrows(function, narrowing):
                narrowing.add(function.name)
        if len(owned) + len(narrowing) == before:
            break
    for function in functions:
        if (
            _has_session(function)
            and _touches(function, owned)
            and not _narrows(function, narrowing)
        ):
            yield function.name


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a module gives to something, and those it imports under another."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.ImportFrom(names=names):
                for alias in names:
                    if alias.asname:
                        yield alias.asname, ast.Name(alias.name)


def _touches(function: ast.FunctionDef, owned: set[str]) -> bool:
    return any(_mentions(statement, owned) for statement in function.body)


def _mentions(node: ast.AST, owned: set[str]) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in owned:
            return True
        case ast.Constant(value=str() as text) if _SQL.search(text):
            return True
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in ROWS:
            parts: list[ast.AST] = [*args, *keywords]  # a new row
        case ast.Call(func=ast.Name(id=name)) if name in _ADDING:
            parts = []
        case ast.AnnAssign(value=value):
            parts = [] if value is None else [value]
        case ast.FunctionDef():
            parts = []  # looked at by itself
        case _:
            parts = list(ast.iter_child_nodes(node))
    return any(_mentions(part, owned) for part in parts)


def _has_session(function: ast.FunctionDef) -> bool:
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return "session" in names | _parameters(function)


def _narrows(function: ast.FunctionDef, narrowing: set[str]) -> bool:
    """Tell whether it hands its own scope to what narrows a query."""
    if "scope" not in _parameters(function):
        return False
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in narrowing
        and any(isinstance(each, ast.Name) and each.id == "scope" for each in _arguments(node))
        for node in ast.walk(function)
    )


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _parameters(function: ast.FunctionDef) -> set[str]:
    arguments = function.args
    return {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
