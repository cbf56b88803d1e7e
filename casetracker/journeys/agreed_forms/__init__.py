"""The forms advice is given on: their versions, the editor, and what was agreed about each."""

from casetracker.journeys.agreed_forms import editing, settling
from casetracker.journeys.agreed_forms.views import bp

__all__ = ["bp", "editing", "settling"]
