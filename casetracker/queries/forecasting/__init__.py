"""What the forecast is told: the pasts that it learns from, and the open cases that it scores."""

from casetracker.queries.forecasting.calendar import calendar
from casetracker.queries.forecasting.drawn import OpenCases, Piece
from casetracker.queries.forecasting.now import open_cases
from casetracker.queries.forecasting.pasts import MOST_CLOSED, histories

__all__ = ["MOST_CLOSED", "OpenCases", "Piece", "calendar", "histories", "open_cases"]
