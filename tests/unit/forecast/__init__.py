"""The forecast, pure: sums, intervals, and what it must never say."""
