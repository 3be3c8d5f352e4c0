"""Which languages there are, and their sentences. English needs none: it is what the code says."""

from __future__ import annotations

from gettext import NullTranslations, translation
from pathlib import Path

from babel import negotiate_locale

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
ENGLISH = "en"
DOMAIN = "messages"


class Untranslated(LookupError):
    """A language lacks a sentence."""


class _Refusing(NullTranslations):
    """What is asked for sentences that a catalogue lacks."""

    def gettext(self, message: str) -> str:
        raise Untranslated(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        del msgid2, n
        raise Untranslated(msgid1)


def languages() -> list[str]:
    """Return the languages in which something can be said, English first."""
    compiled = TRANSLATIONS.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return [ENGLISH, *sorted(file.parts[-3] for file in compiled)]


def language_of(tag: str | None) -> str:
    """Return the language that comes closest to what somebody reads; English where none does."""
    wanted = [tag.replace("-", "_")] if tag else []
    return negotiate_locale(wanted, languages()) or ENGLISH


def sentences(language: str) -> NullTranslations:
    """Return the sentences of a language; asked for one that it lacks, they raise Untranslated.

    So that nothing is written half in one language and half in another.
    """
    if language == ENGLISH:
        return NullTranslations()
    found = translation(DOMAIN, TRANSLATIONS, [language])
    found.add_fallback(_Refusing())
    return found
