"""Names for the sample's people, none of them of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

FIRST = (
    "Ada Amara Ana Anders Aylin Bruno Chiara Daniel Elif Emeka Fatima Freya Giulia Hana Inga Ivan"
    " Jonas Kamal Keiko Lars Leila Lucía Maren Mateo Nadia Niamh Oskar Paula Ravi Rosa Sofía Tariq"
)
LAST = (
    "Almeida Andersson Baptiste Bianchi Castro Demir Dubois Ekholm Ferreira Fischer Garcés Haddad"
    " Ibsen Jansen Kaya Keller Laurent Lindholm Marsh Moreau Nakagawa Novak Okafor Orsini Petrov"
    " Quiroga Rahman Sandoval Schneider Tremblay Varga Whitlock"
)


def draw_names(chance: Random, count: int) -> list[str]:
    """Return so many names, no two the same."""
    pairs = [(first, last) for first in FIRST.split() for last in LAST.split()]
    return [f"{first} {last}" for first, last in chance.sample(pairs, count)]
