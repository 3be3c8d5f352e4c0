"""Those who promise: the form, the link that asks them, and the own page of each promise."""
