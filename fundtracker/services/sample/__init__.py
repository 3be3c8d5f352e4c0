"""The sample: funds, sections and gifts to try everything with, made as real ones are made."""
