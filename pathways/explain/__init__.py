"""Answers back: why a course is where it is, why another is not, what cannot hold together, and what would help.

The algorithms on sets of facts are one to a file, each with its paper: `deletion`, `quickxplain`, `marco`,
`corrections`. They know nothing of plans: facts are names, and an oracle says which cannot hold together.
"""
