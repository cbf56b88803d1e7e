"""The measures the board reads: their definitions as data, figures, periods' sums, and what may be published. Pure."""
