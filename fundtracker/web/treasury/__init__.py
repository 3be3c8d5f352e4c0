"""The treasury: what arrived, what went back, and what is taken home of it."""
