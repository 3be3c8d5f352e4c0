"""The chain of the audit log, and ten thousand ways to tamper with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any, cast

import pytest

from fundtracker.domain import chain
from fundtracker.domain.audit import Action
from fundtracker.domain.chain import (
    GENESIS,
    START,
    Deed,
    Finding,
    Head,
    Link,
    canonical,
    commit_to,
    follow,
)
from fundtracker.domain.errors import Invalid
from fundtracker.domain.funds import FundStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Tampering = Callable[[Random, list[Link]], list[Link]]

NOON = datetime(2026, 6, 12, 12, tzinfo=UTC)


def dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same throws in every run


def a_deed(**fields: Any) -> Deed:  # noqa: ANN401 - whatever fields there are
    usual: dict[str, Any] = {
        "at": NOON,
        "actor": "staff:anna",
        "action": "fund_changed",
        "subject": "fund:conference",
        "fund_id": 1,
        "section_id": None,
        "facts": "{}",
        "private": None,
    }
    return Deed(**usual | fields)


def chained(deeds: Sequence[Deed]) -> list[Link]:
    links: list[Link] = []
    for deed in deeds:
        links.append(chain.append(links[-1].head if links else START, deed))
    return links


def erased(link: Link) -> Link:
    return replace(link, deed=replace(link.deed, private=None))


def a_log(random: Random, length: int = 16) -> list[Link]:
    """Return a log of many acts, one of whose private details were erased."""
    deeds = [
        a_deed(
            at=NOON + timedelta(seconds=number, microseconds=random.randrange(1_000_000)),
            actor=random.choice(["staff:anna", "staff:bo", "command:root"]),
            action=random.choice(["signed_in", "fund_changed", "refund_asked"]),
            subject=f"fund:{random.randrange(9)}",
            fund_id=random.choice([None, 1, 2]),
            section_id=random.choice([None, 1, 2]),
            facts=canonical({"after": {"target": random.randrange(10**9)}}),
            private=random.choice([None, canonical({"salt": random.randbytes(8).hex()})]),
        )
        for number in range(1, length - 1)
    ]
    at = random.randrange(len(deeds))
    deeds[at] = replace(deeds[at], private='{"salt":"1"}')
    deeds.append(a_deed(action=Action.DETAILS_ERASED, subject=chain.erasure_subject(at + 1)))
    deeds.append(a_deed())
    links = chained(deeds)
    links[at] = erased(links[at])
    return links


def names_of(fault: str | None) -> str:
    return (fault or "").split(":", maxsplit=1)[0]


class TestFollowing:
    def test_a_log_in_which_nothing_stands_is_whole(self) -> None:
        assert follow([]) == Finding(START, 0, None)
        assert follow([], START).fault is None

    def test_a_log_is_followed_to_its_head(self) -> None:
        links = a_log(dice(1))

        assert follow(links) == Finding(links[-1].head, 1, None)
        assert follow(links, links[-1].head).fault is None
        # What was added since the head was kept is no fault.
        assert follow(links, links[4].head).fault is None

    def test_a_time_is_the_same_in_every_zone(self) -> None:
        there = NOON.astimezone(timezone(timedelta(hours=5)))

        assert chained([a_deed(at=there)])[0].digest == chained([a_deed()])[0].digest

    def test_texts_beside_each_other_cannot_trade_letters(self) -> None:
        one, other = a_deed(actor="ab", action="c"), a_deed(actor="a", action="bc")

        assert chained([one])[0].digest != chained([other])[0].digest

    def test_none_is_not_zero(self) -> None:
        assert chained([a_deed(section_id=0)])[0].digest != chained([a_deed()])[0].digest

    def test_an_erasure_that_is_recorded_breaks_nothing(self) -> None:
        links = chained([a_deed(private="{}"), a_deed(action="details_erased", subject="audit:1")])

        assert follow([erased(links[0]), links[1]]) == Finding(links[1].head, 1, None)


class TestFaults:
    @pytest.fixture
    def links(self) -> list[Link]:
        return chained([a_deed(subject=f"fund:{n}", private='{"salt":"1"}') for n in range(1, 6)])

    def test_an_entry_that_is_gone(self, links: list[Link]) -> None:
        fault = follow([*links[:2], *links[3:]]).fault

        assert fault == "Entry 3 is not in its place: after 2 comes 4."

    def test_an_entry_that_stands_there_twice(self, links: list[Link]) -> None:
        fault = follow([*links[:2], links[1], *links[2:]]).fault

        assert fault == "Entry 3 is not in its place: after 2 comes 2."

    def test_an_entry_that_was_changed(self, links: list[Link]) -> None:
        links[2] = replace(links[2], deed=replace(links[2].deed, actor="staff:bo"))

        finding = follow(links)

        assert finding.fault == "Entry 3 is not what was recorded: it was changed."
        assert finding.head == links[1].head

    def test_an_entry_that_was_exchanged_for_one_that_is_whole_by_itself(
        self, links: list[Link]
    ) -> None:
        links[2] = chain.append(links[1].head, a_deed(actor="staff:bo"))

        assert names_of(follow(links).fault) == ("Entry 4 does not follow the one before it")

    def test_private_details_that_were_exchanged(self, links: list[Link]) -> None:
        links[2] = replace(links[2], deed=replace(links[2].deed, private='{"salt":"2"}'))

        assert "Entry 3 has private details that were not recorded" in (follow(links).fault or "")

    def test_private_details_that_nobody_erased_and_are_gone(self, links: list[Link]) -> None:
        links[2] = erased(links[2])

        assert follow(links).fault == (
            "Entry 3 lost its private details, and no entry says who erased them."
        )

    def test_an_end_that_is_missing_shows_against_a_head(self, links: list[Link]) -> None:
        kept = links[-1].head

        assert follow(links[:-2]).fault is None
        assert follow(links[:-2], kept).fault == (
            "Entry 4 is missing: the log ends after 3, and the head that was kept is of 5."
        )
        assert "Entry 1 is missing" in (follow([], kept).fault or "")

    def test_a_chain_that_was_made_anew_shows_against_a_head(self, links: list[Link]) -> None:
        deeds = [link.deed for link in links]
        anew = chained([*deeds[:2], replace(deeds[2], actor="staff:bo"), *deeds[3:]])

        assert follow(anew).fault is None
        assert names_of(follow(anew, links[-1].head).fault) == (
            "Entry 5 is not the one whose digest was kept"
        )

    def test_a_head_of_nothing_that_is_no_start(self, links: list[Link]) -> None:
        assert follow(links, Head(0, "f" * 64)).fault

    def test_an_entry_that_cannot_even_be_read(self, links: list[Link]) -> None:
        def handed_over() -> Iterator[Link]:
            yield links[0]
            raise ValueError

        assert follow(handed_over()).fault == (
            "From entry 2 on there is one that cannot be read: it was changed."
        )

    def test_a_value_of_another_type(self, links: list[Link]) -> None:
        links[2] = replace(links[2], deed=replace(links[2].deed, facts=cast("str", b"{}")))

        assert names_of(follow(links).fault) == "Entry 3 is not what was recorded"


class TestHead:
    def test_it_is_read_as_it_was_written(self) -> None:
        head = Head(123, "ab" * 32)

        assert str(head) == "123:" + "ab" * 32
        assert Head.parse(f" {head}\n") == head
        assert Head.parse(str(head).replace(":", " ")) == head

    @pytest.mark.parametrize(
        "text",
        ["", "12", f"x:{GENESIS}", f"-1:{GENESIS}", f"²:{GENESIS}", "1:abc", "1:" + "G" * 64],
    )
    def test_what_is_no_head_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid, match="A head is a number"):
            Head.parse(text)


class TestCanonical:
    def test_the_same_values_read_the_same(self) -> None:
        assert canonical({"b": 1, "a": None}) == canonical({"a": None, "b": 1})
        assert canonical({"a": None, "b": [1]}) == '{"a":null,"b":[1]}'

    def test_what_is_no_json_is_written_in_words(self) -> None:
        values = {"at": NOON, "codes": {"SE", "GB"}, "status": FundStatus.OPEN, "who": Head(1, "x")}

        assert canonical(values) == (
            '{"at":"2026-06-12T12:00:00.000000+00:00","codes":["GB","SE"],'
            '"status":"open","who":"1:x"}'
        )

    def test_nothing_binds_nothing(self) -> None:
        assert commit_to(None) == ""
        assert len(commit_to("")) == 64


def _other_digest(random: Random, digest: str) -> str:
    at = random.randrange(64)
    letters = list(digest or GENESIS)
    letters[at] = random.choice("0123456789abcdef".replace(letters[at], ""))
    return "".join(letters)


# What each field of a link can be turned into; always something else than it was.
FIELDS: dict[str, Callable[[Random, Any], Any]] = {
    "at": lambda random, at: at + timedelta(microseconds=random.choice([-1, 1, 10**9])),
    "actor": lambda random, actor: actor + random.choice("ab "),
    "action": lambda _, action: action[:-1],
    "subject": lambda random, subject: subject + random.choice("0:/"),
    "fund_id": lambda random, id: random.randrange(3, 9) if id != 0 else None,
    "section_id": lambda random, id: random.choice([0, 9]) if id is None else None,
    "facts": lambda random, facts: facts.replace("}", f',"x":{random.randrange(9)}' + "}"),
    "private": lambda random, _: canonical({"salt": random.randbytes(8).hex()}),
    "number": lambda random, number: number + random.choice([-1, 1, 100]),
    "commitment": _other_digest,
    "previous": _other_digest,
    "digest": _other_digest,
}


def _changed(random: Random, link: Link) -> Link:
    field = random.choice(list(FIELDS))
    if hasattr(link.deed, field):
        value = FIELDS[field](random, getattr(link.deed, field))
        return replace(link, deed=replace(link.deed, **{field: value}))
    return replace(link, **{field: FIELDS[field](random, getattr(link, field))})


def change(random: Random, links: list[Link]) -> list[Link]:
    at = random.randrange(len(links))
    return [*links[:at], _changed(random, links[at]), *links[at + 1 :]]


def change_several(random: Random, links: list[Link]) -> list[Link]:
    return [_changed(random, link) for link in links]


def erase(random: Random, links: list[Link]) -> list[Link]:
    at = random.choice([at for at, link in enumerate(links) if link.deed.private])
    return [*links[:at], erased(links[at]), *links[at + 1 :]]


def delete(random: Random, links: list[Link]) -> list[Link]:
    at = random.randrange(len(links))
    return [*links[:at], *links[at + 1 :]]


def delete_and_close_the_gap(random: Random, links: list[Link]) -> list[Link]:
    left = delete(random, links)
    return [replace(link, number=number) for number, link in enumerate(left, start=1)]


def swap(random: Random, links: list[Link]) -> list[Link]:
    one, other = sorted(random.sample(range(len(links)), 2))
    links[one], links[other] = links[other], links[one]
    return links


def swap_deeds(random: Random, links: list[Link]) -> list[Link]:
    one, other = sorted(random.sample(range(len(links)), 2))
    first, second = links[one], links[other]
    links[one], links[other] = (
        replace(first, deed=second.deed, commitment=second.commitment),
        replace(second, deed=first.deed, commitment=first.commitment),
    )
    return links


def truncate(random: Random, links: list[Link]) -> list[Link]:
    return links[: random.randrange(len(links))]


def truncate_and_go_on(random: Random, links: list[Link]) -> list[Link]:
    """Cut the end off and write another one, chained as it should be and just as long."""
    start = truncate(random, links)
    deeds = [a_deed(subject=f"fund:{random.random()}") for _ in links[len(start) :]]
    for deed in deeds:
        start.append(chain.append(start[-1].head if start else START, deed))
    return start


def insert(random: Random, links: list[Link]) -> list[Link]:
    """Chain a link of their own in the middle; what followed moves on by one."""
    at = random.randrange(len(links))
    before = links[at - 1].head if at else START
    later = [replace(link, number=link.number + 1) for link in links[at:]]
    return [*links[:at], chain.append(before, a_deed()), *later]


def append_wrongly(random: Random, links: list[Link]) -> list[Link]:
    """Add a link at the end that is chained to something else."""
    wrong = Head(links[-1].number, _other_digest(random, links[-1].digest))
    link = chain.append(wrong, a_deed())
    return [*links, random.choice([link, replace(link, previous=links[-1].digest)])]


def repeat(random: Random, links: list[Link]) -> list[Link]:
    at = random.randrange(len(links))
    return [*links[:at], links[at], *links[at:]]


def make_anew(random: Random, links: list[Link]) -> list[Link]:
    """Change a deed and make every digest from there on anew, as only a head can tell."""
    at = random.randrange(len(links))
    start = links[:at]
    for number, link in enumerate(links[at:]):
        deed = replace(link.deed, actor="staff:nobody") if number == 0 else link.deed
        anew = chain.append(start[-1].head if start else START, deed)
        # An erased one keeps its commitment; whoever makes the chain anew would see to that.
        start.append(anew)
    return start


TAMPERINGS: tuple[Tampering, ...] = (
    *(change, change, change, change),
    change_several,
    erase,
    delete,
    delete_and_close_the_gap,
    swap,
    swap_deeds,
    truncate,
    truncate_and_go_on,
    insert,
    append_wrongly,
    repeat,
    make_anew,
)


def test_ten_thousand_tamperings_are_found_every_one() -> None:
    source = dice(20260612)
    logs = [a_log(source) for _ in range(20)]
    tried: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for number in range(10_000):
        links = source.choice(logs)
        tampering = TAMPERINGS[number % len(TAMPERINGS)]
        tried[tampering.__name__] += 1
        tampered = tampering(source, [*links])
        assert tampered != links, tampering.__name__
        if follow(tampered, links[-1].head).fault is not None:
            found[tampering.__name__] += 1

    assert found == tried
    assert tried.total() == 10_000


@pytest.mark.parametrize("tampering", [truncate, truncate_and_go_on, make_anew])
def test_a_log_that_was_chained_as_it_should_be_is_told_by_a_head_alone(
    tampering: Tampering,
) -> None:
    source = dice(1)
    links = chained([a_deed(subject=f"fund:{number}") for number in range(9)])

    tampered = tampering(source, [*links])

    assert follow(tampered).fault is None
    assert follow(tampered, links[-1].head).fault is not None
