"""The words of the live pages, each once: the server and the scripts fill in the same sentences."""

from __future__ import annotations

from flask_babel import gettext

from fundtracker.domain.errors import N_

WORDS = {
    "per_cent": N_("%(number)s\N{NO-BREAK SPACE}%%"),
    "first": N_("The target is %(target)s. Be the first."),
    "to_go": N_("%(per_cent)s · %(amount)s to go"),
    "stretch": N_("%(per_cent)s · %(amount)s to %(goal)s"),
    "beyond": N_("%(per_cent)s of %(target)s"),
    "target": N_("Target %(target)s"),
    "raised": N_("Target now %(target)s"),
    "reached": N_("The target is reached."),
    "milestone": N_("%(amount)s is reached."),
    "reached_at": N_("reached %(time)s"),
    "corrected": N_("corrected %(time)s"),
    "as_of": N_("as of %(time)s"),
    "counted": N_("counted up to %(time)s"),
    "received": N_("received"),
    "promised": N_("promised"),
    "checked": N_("being checked"),
    "rule_received": N_("Received"),
    "rule_received_and_pledged": N_("Received and promised"),
    "rule_everything_announced": N_("Received and promised"),
    "total": N_("%(amount)s of %(target)s, %(per_cent)s."),
    "part": N_("%(amount)s %(kind)s"),
    "others": N_("Others"),
    "local": N_("%(amount)s of %(target)s"),
    "gift": N_("+ %(amount)s"),
    "people": N_("%(number)s people"),
    "page": N_("%(page)s of %(pages)s"),
}


def word(key: str, **values: object) -> str:
    """Fill in one of the sentences in the reader's language."""
    return str(gettext(WORDS[key])) % values


def words() -> dict[str, str]:
    """All the sentences in the reader's language, for a script to fill in."""
    return {key: str(gettext(message)) for key, message in WORDS.items()}
