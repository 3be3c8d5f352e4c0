from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from fundtracker.web.logs import describe, setup_logs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:]
    setup_logs()
    yield
    root.handlers = [handler for handler in root.handlers if handler in before]


def line_of(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    line: dict[str, object] = json.loads(capsys.readouterr().err)
    return line


def fail() -> None:
    try:
        int("ada@example.org")
    except ValueError as error:
        raise KeyError("Ada gave 25") from error


def test_a_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("fundtracker.tests").info("settled", rows=3)

    line = line_of(capsys)
    assert line["event"] == "settled"
    assert line["rows"] == 3
    assert line["level"] == "info"
    assert line["logger"] == "fundtracker.tests"
    assert str(line["timestamp"]).endswith("Z")


def test_libraries_write_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").warning("slow by %d seconds", 3)

    line = line_of(capsys)
    assert line["event"] == "slow by 3 seconds"
    assert line["logger"] == "some.library"


def test_an_error_is_its_kind_and_place_but_not_its_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for log in (
        structlog.get_logger("fundtracker.tests").exception,
        logging.getLogger("some.library").exception,
    ):
        try:
            fail()
        except KeyError:
            log("failed")

        written = capsys.readouterr().err
        error = json.loads(written)["error"]
        assert [each["kind"] for each in error] == ["builtins.KeyError", "builtins.ValueError"]
        assert "test_logs.py" in error[0]["where"][-1]
        assert error[0]["where"][-1].endswith(" fail")
        assert "Ada" not in written
        assert "ada@example.org" not in written


def test_an_error_may_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("fundtracker.tests").error("failed", exc_info=ValueError("Ada"))

    assert line_of(capsys)["error"] == [{"kind": "builtins.ValueError", "where": []}]


def test_a_loop_of_causes_ends() -> None:
    error = ValueError()
    error.__cause__ = KeyError()
    error.__cause__.__cause__ = error

    assert len(describe(error)) == 5


def test_a_second_app_in_the_process_writes_no_line_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    setup_logs()

    structlog.get_logger("fundtracker.tests").info("settled")

    assert line_of(capsys)["event"] == "settled"


def test_libraries_that_would_log_addresses_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("flask-limiter").info("ratelimit (203.0.113.9) exceeded")

    assert capsys.readouterr().err == ""
