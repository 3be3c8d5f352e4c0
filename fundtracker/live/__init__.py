"""How the number gets out: wake-ups between the worker and every open page."""
