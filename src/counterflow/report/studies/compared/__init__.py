"""Strategies beside each other, in tables and the words around them: for a terminal, and for a page.

Every table says what it is measured against, over which weeks and between which ends. Nothing in them says that a
strategy brings something about: where an interval spans zero that is not known, and every table shows its intervals.
"""
