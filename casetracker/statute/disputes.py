"""
The limits of mediation and appeal, and of handing a plan over to another authority (law.md 1.6, 1.8, reg 15(2)).

They run beside the case's clock, and many in working days. They are worked out when they are wanted and are no
milestones of a case: what the authority must do about the request itself is in timetable.py.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casetracker.statute.counting import ORDINARY_READING, Limit, Reading
from casetracker.statute.timetable import COMMENCEMENT, Mark


class Step(StrEnum):
    """A thing to be done in a dispute, and by whom."""

    CONTACT_MEDIATION_ADVISER = "contact_mediation_adviser"
    TELL_HEALTH_OF_MEDIATION = "tell_health_of_mediation"
    ARRANGE_MEDIATION = "arrange_mediation"
    SAY_MEDIATION_CANNOT_BE_ARRANGED = "say_mediation_cannot_be_arranged"
    ISSUE_CERTIFICATE = "issue_certificate"
    APPEAL_AFTER_DECISION = "appeal_after_decision"
    APPEAL_AFTER_CERTIFICATE = "appeal_after_certificate"
    RESPOND_TO_APPEAL = "respond_to_appeal"
    TELL_AUTHORITY_OF_AGREEMENT = "tell_authority_of_agreement"


@dataclass(frozen=True, slots=True)
class DisputeLimit:
    """One row: what has to be done, by whom, how long they have and from when."""

    step: Step
    who: str
    within: Limit
    runs_from: str
    authority: str
    mark: Mark = Mark.QUOTED
    in_force_from: date = COMMENCEMENT
    in_force_until: date | None = None

    def due_on(self, start: date) -> date:
        """
        Return its last day, counted from the day named in `runs_from`.

        :raises CalendarEnds: for working days in a year whose bank holidays are not known
        """
        return self.within.last_day(start)


_TRIBUNAL = "First-tier Tribunal rules"
DISPUTE_LIMITS: tuple[DisputeLimit, ...] = (
    DisputeLimit(
        Step.CONTACT_MEDIATION_ADVISER,
        "family",
        Limit(months=2),
        "the day the notice was sent",
        "SEND Regs 2014, reg 33",
        Mark.READ,
    ),
    DisputeLimit(
        Step.TELL_HEALTH_OF_MEDIATION,
        "authority",
        Limit(working_days=3),
        "being told that the family wants mediation about health provision",
        "SEND Regs 2014, reg 35",
    ),
    DisputeLimit(
        Step.ARRANGE_MEDIATION,
        "authority (the ICB where it is about health provision only)",
        Limit(days=30),
        "being told that the family wants mediation",
        "SEND Regs 2014, reg 36",
    ),
    DisputeLimit(
        Step.SAY_MEDIATION_CANNOT_BE_ARRANGED,
        "authority, then the adviser, who issues the certificate",
        Limit(working_days=3),
        "the end of the 30 days",
        "SEND Regs 2014, reg 36",
    ),
    DisputeLimit(
        Step.ISSUE_CERTIFICATE,
        "mediation adviser",
        Limit(working_days=3),
        "hearing that the family wants no mediation, or the end of the mediation",
        "SEND Regs 2014, regs 34 and 39",
        Mark.UNCONFIRMED,
    ),
    DisputeLimit(Step.APPEAL_AFTER_DECISION, "family", Limit(months=2), "the day the notice was sent", _TRIBUNAL),
    DisputeLimit(Step.APPEAL_AFTER_CERTIFICATE, "family", Limit(months=1), "the day of the certificate", _TRIBUNAL),
    DisputeLimit(
        Step.RESPOND_TO_APPEAL, "authority", Limit(working_days=30), "receipt of the tribunal's notice", _TRIBUNAL
    ),
    DisputeLimit(
        Step.TELL_AUTHORITY_OF_AGREEMENT,
        "ICB, where the authority took no part in the mediation",
        Limit(weeks=1),
        "the agreement",
        "SEND Regs 2014, reg 42(4)",
        Mark.READ,
    ),
)
"""The limits of a dispute. An appeal may be made until the later of its two."""


def dispute_limit(step: Step, *, on: date, reading: Reading = ORDINARY_READING) -> DisputeLimit | None:
    """Return the limit of a step that began to run `on` this day, or None where the authority leaves it out."""
    for row in DISPUTE_LIMITS:
        in_force = row.in_force_from <= max(on, COMMENCEMENT) and (
            row.in_force_until is None or on <= row.in_force_until
        )
        if row.step is step and in_force and (reading.unconfirmed_rules or row.mark is not Mark.UNCONFIRMED):
            return row
    return None


def needs_certificate(*, about_setting_only: bool) -> bool:
    """Return whether a mediation certificate is needed to appeal: not about the setting named alone (CFA 2014 s.55)."""
    return not about_setting_only


def appeal_by(*, decided_on: date, certificate_on: date | None = None) -> date:
    """Return the last day to appeal: 2 months from the decision or 1 from the certificate, whichever is later."""
    from_decision = Limit(months=2).last_day(decided_on)
    if certificate_on is None:
        return from_decision
    return max(from_decision, Limit(months=1).last_day(certificate_on))


NOTICE_OF_A_MOVE = Limit(working_days=15)
"""Reg 15(2): with so much notice the plan goes on the day of the move."""
TO_HAND_OVER = Limit(working_days=15, counts_first_day=True)
"""Reg 15(2): without it, so much from the day of becoming aware."""


def transfer_plan_by(*, moved_on: date, aware_on: date) -> date:
    """
    Return the last day for the authority a child has left to hand over the plan (reg 15(2)).

    It is the day of the move; or, for an authority that did not know of it 15 working days before, the last of 15
    working days beginning with the day it became aware.

    :raises CalendarEnds: if it runs into a year whose bank holidays are not known
    """
    if NOTICE_OF_A_MOVE.last_day(aware_on) <= moved_on:
        return moved_on
    return max(moved_on, TO_HAND_OVER.last_day(aware_on))
