"""
The forecast: how likely each open case is to miss its limits, when its plan will come, and why (docs/forecast.md).

Standard library, numpy and the statute. It is told every date and every history; it advises people and decides nothing.
"""
