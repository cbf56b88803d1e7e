"""A case: how it stands, what to do next, what happened, and putting an entry right."""

from casetracker.journeys.cases.people import assign, change_person
from casetracker.journeys.cases.recording import correct, log
from casetracker.journeys.cases.views import bp, choose, show

__all__ = ["assign", "bp", "change_person", "choose", "correct", "log", "show"]
