from __future__ import annotations

import codecs

import pytest

from fundtracker.domain.errors import Invalid
from fundtracker.domain.sections import Section, Visibility
from fundtracker.services.read_sections import BadLines, Line, read_sections

HEAD = "code,name,short_name,currency,target,members,visibility\n"
BRITAIN = Line(Section(0, "GB", "Britain", "Britain", "GBP"), 6_000_000, 1200, Visibility.SHOWN)


def read(lines: str, currency: str = "EUR") -> list[Line]:
    return read_sections((HEAD + lines).encode(), currency)


def problems(lines: str) -> list[str]:
    with pytest.raises(BadLines) as bad:
        read(lines)
    return [str(problem) for problem in bad.value.problems]


def test_a_line_is_a_section_in_the_fund() -> None:
    assert read("GB,Britain,Britain,GBP,60000,1200,shown\n") == [BRITAIN]


def test_what_a_spreadsheet_makes_of_it_reads_the_same() -> None:
    text = HEAD.replace(",", ";").upper() + "GB;Britain;Britain;gbp;60 000,00;1200;Shown\r\n"

    assert read_sections(codecs.BOM_UTF8 + text.encode(), "EUR") == [BRITAIN]


def test_columns_may_stand_in_any_order() -> None:
    text = "name,code,currency,short_name,visibility,members,target\n"

    found = read_sections(f"{text}Britain,GB,GBP,Britain,shown,1200,60000".encode(), "EUR")

    assert found == [BRITAIN]


def test_target_members_and_visibility_may_be_left_open() -> None:
    (line,) = read("JP,日本,Nihon,JPY,,,\n")

    assert line == Line(Section(0, "JP", "日本", "Nihon", "JPY"), None, None, None)


def test_a_name_is_composed_and_trimmed_and_may_hold_commas_and_line_breaks_around_it() -> None:
    (line,) = read('ES," Espan\u0303a, Catalunya ",España,EUR,,,\n')

    assert line.section.name == "España, Catalunya"


def test_the_target_is_in_the_currency_of_the_fund() -> None:
    (line,) = read("GB,Britain,Britain,GBP,60000,,\n", "JPY")

    assert line.target == 60_000


def test_empty_lines_are_no_sections() -> None:
    assert read("\nGB,Britain,Britain,GBP,60000,1200,shown\n,,,,,,\n\n") == [BRITAIN]
    assert read("") == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("gb,Britain,Britain,GBP,,,", "line 2, code: A code has 2 to 8 of the letters A to Z"),
        ("EUR,Europe,Europe,EUR,,,", "line 2, code: EUR means something else at the desk."),
        ("GB,,Britain,GBP,,,", "line 2, name: Please enter a name."),
        ("GB,Britain,Britain and Ireland,GBP,,,", "line 2, short_name: This is too long: at most"),
        ("GB,Bri\u202etain,Britain,GBP,,,", "line 2, name: There is a hidden character"),
        ("GB,Britain,Britain,XXX,,,", "line 2, currency: Gifts in that currency"),
        ("GB,Britain,Britain,GBP,many,,", "line 2, target: Enter an amount in digits"),
        ("GB,Britain,Britain,GBP,0,,", "line 2, target: Enter an amount of more than zero."),
        ("GB,Britain,Britain,GBP,1.500,,", "line 2, target: Is that EUR 1.50 or EUR 1500.00?"),
        ("GB,Britain,Britain,GBP,,-1,", "line 2, members: Enter a whole number"),
        ("GB,Britain,Britain,GBP,,1'200,", "line 2, members: Enter a whole number"),
        ("GB,Britain,Britain,GBP,,１２,", "line 2, members: Enter a whole number"),
        ("GB,Britain,Britain,GBP,,,secret", "line 2, visibility: Enter shown, others or hidden."),
        ("GB,Britain,Britain,GBP", "line 2: This line has more or fewer cells"),
        ("GB,Britain,Britain,GBP,60,000,12,shown", "line 2: This line has more or fewer cells"),
        ('GB,"Britain,Britain,GBP,,,', "line 2: The quotes do not match."),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_what_is_wrong(line: str, problem: str) -> None:
    (found,) = problems(f"{line}\n")

    assert found.startswith(problem)


def test_every_bad_line_is_named_and_counted_as_an_editor_counts() -> None:
    lines = (
        "GB,Britain,Britain,GBP,,,\n"
        '\nAT,"Öster\nreich",Österreich,EUR,,,\n'
        "FR,France,France,EUR,,,\n"
        "GB,Bretagne,Bretagne,EUR,,,\n"
    )

    assert [problem.split(":")[0] for problem in problems(lines)] == [
        "line 4, name",
        "line 7, code",
    ]


@pytest.mark.parametrize(
    "head",
    [
        "",
        "code,name,short_name,currency,target,members",
        "code,name,short_name,currency,target,members,visible",
        "code,name,short_name,currency,target,members,visibility,remarks",
        "code,code,short_name,currency,target,members,visibility",
    ],
)
def test_a_file_without_the_columns_is_refused_as_a_whole(head: str) -> None:
    with pytest.raises(Invalid, match="has to name these columns and no others: code, name"):
        read_sections(f"{head}\nGB,Britain,Britain,GBP,,,\n".encode(), "EUR")


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(Invalid, match="UTF-8"):
        read_sections((HEAD + "AT,Österreich,Österreich,EUR,,,").encode("latin-1"), "EUR")
