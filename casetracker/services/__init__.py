"""Writes, by noun: verbs that append to a history and never commit."""
