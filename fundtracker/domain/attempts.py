"""How often somebody may fail to prove who they are, by account and by address."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from fundtracker.domain.emails import mailbox
from fundtracker.domain.errors import N_

TOO_MANY = N_("That was too many tries. Please wait a quarter of an hour and try again.")
NO_MORE_CODES = N_(
    "Too many wrong codes were typed for this account in the last days. Somebody may know your"
    " password: choose another one by “I forgot my password”, and codes work again."
    " A passkey works all the same."
)
NO_MORE_MAILS = N_(
    "So many people are promising at this moment that we cannot write to everybody. Nothing was"
    " saved. Please try again in an hour."
)
# Of an IPv6 network, what a household or an attacker is given as a whole.
_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many failures of a subject within a time; `subject` is digested before it is kept.

    A subject is of one kind only: `kind` keeps accounts, addresses and sessions apart. Who comes
    too often is `told` what to do. A limit that is everybody's together gives the `alarm` when it
    is reached: then somebody should look who is coming.
    """

    kind: str
    subject: str
    most: int
    within: timedelta
    told: str = TOO_MANY
    alarm: bool = False

    @property
    def name(self) -> str:
        """By what it is counted."""
        return f"{self.kind}:{self.subject}"


def password_limits(email: str, place: str, device: str = "") -> tuple[Limit, ...]:
    """What a password is guessed against: few for one account, more for a whole hall's address.

    A `device` at which the person has signed in before has a count of its own, so that whoever
    guesses elsewhere does not lock them out.
    """
    quarter = timedelta(minutes=15)
    return (
        Limit("device", device, 10, quarter) if device else Limit("account", email, 10, quarter),
        Limit("address", _network(place), 100, quarter),
    )


def factor_limits(token: str, session_id: int) -> tuple[Limit, ...]:
    """What a code is guessed against: whoever guesses here has the password already."""
    return (
        Limit("session", str(session_id), MOST_CODES, timedelta(hours=12)),
        Limit("factor", token, 20, timedelta(hours=1)),
        guesses_limit(token),
    )


def guesses_limit(token: str) -> Limit:
    """How many codes may be wrong however slowly they come, right ones between them or not.

    Three codes of a million are right at any moment. Twenty an hour would find one within months;
    a hundred in a month find one in three thousand of them.
    """
    return Limit("guesses", token, MOST_GUESSES, timedelta(days=30), NO_MORE_CODES)


def passkey_limits(place: str) -> tuple[Limit, ...]:
    """How often passkeys may fail, which nobody guesses: only the log must not be filled.

    They have a count of their own, so that who guesses passwords locks nobody out.
    """
    return (Limit("passkeys", _network(place), 100, timedelta(minutes=15)),)


def reset_limits(email: str, place: str) -> tuple[Limit, ...]:
    """How often links are asked for: a mailbox must not be filled."""
    hour = timedelta(hours=1)
    return (
        Limit("reset", email, 3, hour),
        Limit("resets", _network(place), 20, hour),
    )


def promise_limits(email: str) -> tuple[Limit, ...]:
    """How often somebody is asked by mail whether a promise is theirs: anybody may name them.

    The last one is everybody's: more than a hall that promises at once is a script that writes to
    strangers through us.
    """
    hour, box = timedelta(hours=1), mailbox(email)
    return (
        Limit("promise", box, 5, hour),
        Limit("promises", box, 20, timedelta(days=1)),
        Limit("mails", "everybody", MOST_MAILS, hour, NO_MORE_MAILS, alarm=True),
    )


def claim_limits(place: str) -> tuple[Limit, ...]:
    """How often the number of a promise may be guessed, of which there are eighty thousand million.

    The second one is everybody's: at its pace whoever guesses with many addresses needs decades.
    """
    return (
        Limit("claim", _network(place), 20, timedelta(minutes=15)),
        Limit("claims", "everybody", 500, timedelta(hours=1), alarm=True),
    )


# So many wrong codes end a session.
MOST_CODES = 5
MOST_GUESSES = 100
MOST_MAILS = 3000


def _network(place: str) -> str:
    try:
        address = ipaddress.ip_address(place)
    except ValueError:
        return place
    if address.version == 4:  # noqa: PLR2004 - the version of the protocol
        return place
    if address.ipv4_mapped is not None:
        # A socket of both protocols writes old addresses so: in one network they all would be one.
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _NETWORK), strict=False))
