"""What a parameter may be: small checks that are put together into the shape of a request.

A check takes what the form holds and the parameter's name, returns the value to work with, and
raises Refused with the code that Stripe uses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from fundtracker.simulator.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from fundtracker.simulator.forms import Value

Check: TypeAlias = "Callable[[Value, str], Any]"

WHOLE = re.compile(r"-?[0-9]{1,18}")
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

MOST_METADATA = 50
LONGEST_METADATA_KEY = 40
LONGEST_METADATA_VALUE = 500


def text(limit: int = 5000) -> Check:
    """Take words, up to so many characters."""

    def check(value: Value, param: str) -> str:
        if not isinstance(value, str):
            raise Refused(f"Invalid string: {value}", param=param)
        if not value:
            raise Refused(
                f"You passed an empty string for '{param}'. We assume empty values are an attempt"
                f" to unset a parameter; however '{param}' cannot be unset. You should remove"
                f" '{param}' from your request or supply a non-empty value.",
                code="parameter_invalid_empty",
                param=param,
            )
        if len(value) > limit:
            raise Refused(
                f"Invalid string: {value[:8]}…; must be at most {limit} characters",
                code="parameter_invalid_string",
                param=param,
            )
        return value

    return check


def whole(least: int, most: int) -> Check:
    """Take a whole number between two others, both allowed."""

    def check(value: Value, param: str) -> int:
        if not isinstance(value, str) or not WHOLE.fullmatch(value):
            raise Refused(
                f"Invalid integer: {value}",
                code="parameter_invalid_integer",
                param=param,
            )
        number = int(value)
        if not least <= number <= most:
            bound = f"greater than or equal to {least}"
            if number > most:
                bound = f"less than or equal to {most}"
            raise Refused(
                f"This value must be {bound} (it currently is '{number}').",
                code="parameter_invalid_integer",
                param=param,
            )
        return number

    return check


def flag(value: Value, param: str) -> bool:
    """Take true or false."""
    if value not in ("true", "false"):
        raise Refused(f"Invalid boolean: {value}", param=param)
    return value == "true"


def one_of(*words: str) -> Check:
    """Take one of these words."""

    def check(value: Value, param: str) -> str:
        if value not in words or not isinstance(value, str):
            known = ", ".join(words[:-1]) + f", or {words[-1]}" if len(words) > 1 else words[0]
            raise Refused(f"Invalid {param}: must be one of {known}", param=param)
        return value

    return check


def url(value: Value, param: str) -> str:
    """Take an absolute address of a web page."""
    address = text()(value, param)
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(HOST.fullmatch(_host(parts.netloc)))
        _ = parts.port
    except ValueError:
        good = False
    if not good or any(letter.isspace() for letter in address):
        raise Refused("Not a valid URL", code="url_invalid", param=param)
    return str(address)


def _host(netloc: str) -> str:
    """Return the host without its port; one with a user before it is no host."""
    return re.sub(r":[0-9]+$", "", netloc)


def email(value: Value, param: str) -> str:
    """Take an e-mail address."""
    address = text(800)(value, param)
    if not EMAIL.fullmatch(address):
        raise Refused(f"Invalid email address: {address}", code="email_invalid", param=param)
    return str(address)


def metadata(value: Value, param: str) -> dict[str, str]:
    """Take up to 50 texts by name; an empty text, or nothing for all, unsets."""
    if value == "":
        return {}
    # Names that are numbers look like a list.
    if isinstance(value, list):
        value = {str(number): each for number, each in enumerate(value)}
    if isinstance(value, str) or len(value) > MOST_METADATA:
        raise Refused(f"Invalid metadata: at most {MOST_METADATA} keys, each a text", param=param)
    for key, each in value.items():
        if len(key) > LONGEST_METADATA_KEY:
            raise Refused("Metadata keys can have up to 40 characters.", param=param)
        if not isinstance(each, str) or len(each) > LONGEST_METADATA_VALUE:
            raise Refused(
                "Metadata values can have up to 500 characters, and must be strings.",
                param=f"{param}[{key}]",
            )
    return {key: each for key, each in value.items() if isinstance(each, str) and each}


def many(check_one: Check, most: int) -> Check:
    """Take a list of up to so many values."""

    def check(value: Value, param: str) -> list[Any]:
        if not isinstance(value, list):
            raise Refused("Invalid array", param=param)
        if len(value) > most:
            raise Refused(f"Array must have at most {most} elements", param=param)
        return [check_one(each, f"{param}[{number}]") for number, each in enumerate(value)]

    return check


def shape(checks: Mapping[str, Check], *, required: Collection[str] = ()) -> Check:
    """Take values by name; unknown names are refused, missing ones if they are required."""

    def check(value: Value, param: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refused("Invalid object", param=param)
        for name in value:
            if name not in checks:
                unknown = _inside(param, name)
                raise Refused(
                    f"Received unknown parameter: {unknown}",
                    code="parameter_unknown",
                    param=unknown,
                )
        for name in required:
            if name not in value:
                missing = _inside(param, name)
                raise Refused(
                    f"Missing required param: {missing}.",
                    code="parameter_missing",
                    param=missing,
                )
        return {name: checks[name](each, _inside(param, name)) for name, each in value.items()}

    return check


def _inside(param: str, name: str) -> str:
    return f"{param}[{name}]" if param else name
