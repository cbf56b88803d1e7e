"""The board: indicators by theme, each opening into its chart, table and cases."""

from casetracker.journeys.board.views import bp

__all__ = ["bp"]
