"""The steps from a request to the final plan, as the forecast counts them."""

from enum import IntEnum, StrEnum


class Step(StrEnum):
    """One step of the way, each with somebody who can do it."""

    DECIDE = "decide"
    """Decide whether to assess: from the start of the clock."""
    ASK = "ask"
    """Ask for the advice: from the decision to assess. Only where none has been asked for."""
    ADVICE = "advice"
    """Wait for the advice: from the asking to the last answer."""
    PLAN = "plan"
    """Decide about a plan: from the last answer."""
    DRAFT = "draft"
    """Write and send the draft: from the decision to make a plan."""
    FINISH = "finish"
    """Consult, hear the family and issue: from the sending of the draft."""


class Place(IntEnum):
    """Where an open case has got to, as far as the forecast minds."""

    DECIDING = 0
    GATHERING = 1
    """Assessing, with advice outstanding or not asked for yet."""
    GATHERED = 2
    """Assessing, with all that was asked for answered."""
    DRAFTING = 3
    FINISHING = 4


STEP_AT = {
    Place.DECIDING: Step.DECIDE,
    Place.GATHERING: Step.ADVICE,
    Place.GATHERED: Step.PLAN,
    Place.DRAFTING: Step.DRAFT,
    Place.FINISHING: Step.FINISH,
}
"""The step that is on at each place."""
