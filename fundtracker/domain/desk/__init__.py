"""The desk's grammar: what a teller's line means, read as a function of the line and the desk."""
