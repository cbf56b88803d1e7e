"""The SEN2 return: building it, putting it right, explaining it, signing it off; and what it asks of a plan."""

from casetracker.journeys.sen2 import explaining, placements, signing, uploading
from casetracker.journeys.sen2.views import bp

__all__ = ["bp", "explaining", "placements", "signing", "uploading"]
