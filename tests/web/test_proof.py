from __future__ import annotations

import itertools
from hashlib import sha256

import pytest

from fundtracker.web import proof


@pytest.fixture
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "ZERO_BITS", 9)


def zero_bits(name: str, number: int) -> int:
    bits = f"{int.from_bytes(sha256(f'{name}.{number}'.encode()).digest()):0256b}"
    return len(bits) - len(bits.lstrip("0"))


@pytest.mark.usefixtures("easy")
def test_enough_zero_bits_are_a_proof_and_fewer_are_none() -> None:
    enough = next(n for n in itertools.count() if zero_bits("form", n) >= 9)
    nearly = next(n for n in itertools.count() if zero_bits("form", n) == 8)

    assert proof.is_proved({"attempt": "form", "proof": str(enough)})
    assert not proof.is_proved({"attempt": "form", "proof": str(nearly)})
    assert not proof.is_proved({"attempt": "other", "proof": str(enough)})


@pytest.mark.parametrize("number", ["", "-1", "1e9", "١", "1" * 21, "none", " 1"])
def test_what_our_script_would_not_send_is_none(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "ZERO_BITS", 0)

    assert proof.is_proved({"attempt": "form", "proof": "1"})
    assert not proof.is_proved({"attempt": "form", "proof": number})
    assert not proof.is_proved({"attempt": "", "proof": "1"})
