"""
The law of EHC needs assessments, as a small pure library (docs/law.md is its source).

Standard library only. It knows duties, time limits, exceptions, stages, advice and rights, and is told every date.
"""
