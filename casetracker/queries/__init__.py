"""Reads, by question: frozen rows, set-based."""
