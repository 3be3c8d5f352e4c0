"""Catalogues that a test writes itself: a language with a few sentences, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from fundtracker.languages import catalogues
from fundtracker.mail.messages import templates_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest


# All that the mail says that asks whether a promise is meant, and no other one.
SWEDISH = {
    "Is this promise yours? %(fund)s": "Är löftet ditt? %(fund)s",
    "Rehearsal: %(fund)s": "Övning: %(fund)s",
    "Hello,": "Hej,",
    (
        "somebody, we hope you, has promised %(amount)s to %(fund)s with this address. If it was"
        " you, please confirm it here:"
    ): "någon, vi hoppas du, har lovat %(fund)s %(amount)s med den här adressen. Bekräfta här:",
    (
        "The address works until %(until)s. From its page you can pay, choose another day, change"
        " or withdraw your promise."
    ): "Adressen gäller till %(until)s.",
    (
        "If it was not you, do nothing: nothing counts, and nobody writes to you again."
    ): "Var det inte du? Gör ingenting.",
}


def compiled(folder: Path, catalogue: Catalog) -> None:
    """Compile a catalogue into a folder of translations."""
    place = folder / str(catalogue.locale) / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)


def translated(
    folder: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentences: Mapping[str, str]
) -> None:
    """Let there be a language with these sentences, and no other one but English."""
    catalogue = Catalog(locale=language)
    for english, said in sentences.items():
        catalogue.add(english, said)
    compiled(folder, catalogue)
    monkeypatch.setattr(catalogues, "TRANSLATIONS", folder)
    # A language of the same name that another test had.
    templates_in.cache_clear()
