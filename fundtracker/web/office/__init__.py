"""The office: funds, sections, rates, people, and what needs a hand."""
