"""The desk's use cases: a line is taken, taken back, mended, checked."""
