"""A teller's line read: a call, a question, or a refusal, and never a silent guess."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fundtracker.domain.desk.coins import currency_of
from fundtracker.domain.desk.numbers import amount
from fundtracker.domain.desk.tokens import Tokens, Typed, sort
from fundtracker.domain.desk.values import (
    MOST_PEOPLE,
    MOST_PEOPLE_AT_ONCE,
    Call,
    Choice,
    Question,
    Refusal,
    Refused,
    Unclear,
    ask,
)
from fundtracker.domain.desk.who import section_of
from fundtracker.domain.desk.words import take_apart
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.money import Money, currency

if TYPE_CHECKING:
    from fundtracker.domain.desk.values import Desk
    from fundtracker.domain.desk.words import Words

_GROUP = 3


def read(line: str, desk: Desk, *, sure: bool = False) -> Call | Question | Refusal:
    """Read one line; `sure` is an amount that is meant although it is so small."""
    try:
        return _read(take_apart(line), desk, sure=sure)
    except Unclear as unclear:
        return unclear.question
    except Invalid as error:
        return Refusal(error.message, error.values)


def _read(line: Words, desk: Desk, *, sure: bool) -> Call:
    tokens = sort(line.words, {*desk.sections, *desk.aliases})
    if tokens.who is None:
        raise Refused(N_("Whose call is it? Type a section, or ? for none."))
    section = section_of(tokens.who, desk, line)
    call = Call(
        section=section,
        amount=None,
        paid_by=tokens.paid_by,
        badge=tokens.badge,
        label=line.label,
        note=line.note,
        parked=tokens.parked,
    )
    if tokens.prepared:
        return _prepared(call, tokens)
    typed = _one_amount(tokens, line)
    if typed is None:
        level = _level(tokens, tokens.who, desk, line)
        return _checked(replace(call, amount=level, count=tokens.count or 1), desk)
    sign = _one_coin(tokens.coin, typed)
    code = currency_of(sign, section, desk, line)
    money = amount(typed.digits, typed.suffix, code, desk, line)
    if not sure:
        _ask_if_small(money, tokens, typed, desk, line)
    counted = replace(
        call,
        amount=money,
        count=_count(tokens.count, typed),
        instalments=typed.months,
        is_total=typed.total,
    )
    return _checked(counted, desk)


def _prepared(call: Call, tokens: Tokens) -> Call:
    if tokens.amounts or tokens.count or tokens.coin:
        raise Refused(N_("A prepared announcement has its own amount: type the section and !"))
    return replace(call, prepared=True)


def _level(tokens: Tokens, who: str, desk: Desk, line: Words) -> Money:
    """The amount that is being called up; asked about where the teller saw another one."""
    now, then = desk.level, desk.level_seen
    if now is None or tokens.coin is not None:
        raise Refused(N_("How much? Type an amount."))
    if then is None or then.amount == now or tokens.parked:
        return now
    choices = tuple(
        Choice(str(each), str(line.instead((who,), f"{who} {_plain(each)}")))
        for each in (now, then.amount)
        if each is not None
    )
    if then.amount is None:
        raise ask(N_("%(now)s is called up by now. Is that meant?"), choices, now=now)
    raise ask(
        N_("%(now)s is called up by now, and it was %(then)s when this was typed. Which is meant?"),
        choices,
        now=now,
        then=then.amount,
    )


def _plain(money: Money) -> str:
    """An amount as a teller types it: 500 EUR."""
    code, number = str(money).split()
    # Without noughts at its end: three digits behind a mark could be thousands.
    digits = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{digits} {code}"


def _one_amount(tokens: Tokens, line: Words) -> Typed | None:
    """The amount of a line; several words that could be one number are asked about."""
    if len(tokens.amounts) < 2:  # noqa: PLR2004 - one, or none
        return tokens.amounts[0] if tokens.amounts else None
    words = tuple(typed.word for typed in tokens.amounts)
    readings = _readings(words, with_count=tokens.count is None)
    choices = [choice for word in readings for choice in _choice(word, words, line)]
    if not choices:
        raise Refused(N_("There are two amounts; a line has one."))
    raise ask(N_("What does “%(text)s” mean?"), tuple(choices), text=" ".join(words))


def _readings(words: tuple[str, ...], *, with_count: bool) -> list[str]:
    """What several words could be: one number in groups of three, or people with an amount."""
    first, *others = words
    found = []
    if first.isdigit() and len(first) <= _GROUP and all(_is_group(word) for word in others):
        found.append("".join(words))
    if with_count and len(words) == 2:  # noqa: PLR2004 - people and money
        found += [f"{n}@{each}" for n, each in ((first, others[0]), (others[0], first))]
    return found


def _is_group(word: str) -> bool:
    return word.isdigit() and len(word) == _GROUP


def _choice(word: str, words: tuple[str, ...], line: Words) -> list[Choice]:
    people, at, _ = word.partition("@")
    if at and not (people.isdigit() and 0 < int(people) <= MOST_PEOPLE):
        return []
    # Something may stand between the words: nobody says a number like that.
    whole = line.instead(words, word)
    return [] if whole is None else [Choice(word.replace("@", " × "), str(whole))]


def _one_coin(coin: str | None, typed: Typed) -> str | None:
    if coin is not None and typed.coin is not None:
        raise Refused(N_("This line names two currencies."))
    return coin or typed.coin


def _count(count: int | None, typed: Typed) -> int:
    if count is not None and typed.people is not None:
        raise Refused(N_("This line says twice how many people."))
    return count or typed.people or 1


def _ask_if_small(money: Money, tokens: Tokens, typed: Typed, desk: Desk, line: Words) -> None:
    """Ask about what is less than one unit of the fund's currency: somebody meant another one."""
    unit = 10 ** currency(desk.currency).exponent
    if _base(money, desk) >= unit:
        return
    choices = [Choice(str(money), str(line), sure=True)]
    if typed.digits.isdigit() and not typed.suffix:
        choices.append(_other(f"{typed.digits}k", f"{money.currency} {typed.digits}k", typed, line))
    if money.currency != desk.currency and typed.coin is None and tokens.coin is None:
        fund = desk.currency
        choices.append(_other(f"{fund}{typed.digits}", f"{fund} {typed.digits}", typed, line))
    raise ask(
        N_("%(amount)s is less than %(unit)s. Is that meant?"),
        tuple(choices),
        amount=money,
        unit=Money(unit, desk.currency),
    )


def _other(digits: str, meaning: str, typed: Typed, line: Words) -> Choice:
    """The same line with other digits in its amount."""
    word = typed.word.replace(typed.digits, digits)
    return Choice(meaning, str(line.instead((typed.word,), word)))


def _checked(call: Call, desk: Desk) -> Call:
    """Mark what a second person has to see before it counts."""
    total = call.total
    above = total is not None and _base(total, desk) > desk.ceiling
    return replace(call, needs_second=above or call.count > MOST_PEOPLE_AT_ONCE)


def _base(money: Money, desk: Desk) -> int:
    return desk.rates[money.currency].to_base(money, desk.currency).minor
