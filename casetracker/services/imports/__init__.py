"""Bringing in what was recorded elsewhere: read, map to histories, store in batches, report every row refused."""
