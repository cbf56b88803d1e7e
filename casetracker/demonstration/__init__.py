"""
A made-up county, for trying the tracker and for testing it: about three years of requests, up to today.

Everybody in it is invented, and any likeness is chance. It is seeded: the same day gives the same county.
"""
