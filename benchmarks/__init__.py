"""How the costs grow with the caseload: ratios measured in one run, never in a timed test."""
