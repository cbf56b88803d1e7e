"""The forecast in the database: fitting it, scoring open cases by it, and asking it what would help one of them."""

from casetracker.services.forecasts.asking import AwaitedAdvice, WhatIf, WhatIfs, what_if
from casetracker.services.forecasts.fits import fit, use
from casetracker.services.forecasts.scoring import Batch, NoFit, can_score, score

__all__ = ["AwaitedAdvice", "Batch", "NoFit", "WhatIf", "WhatIfs", "can_score", "fit", "score", "use", "what_if"]
