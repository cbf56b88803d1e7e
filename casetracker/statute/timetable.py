"""The time limits: one row for each duty, with the law that sets it and the dates it is in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from casetracker.statute.counting import ORDINARY_READING, Limit, Reading


class Duty(StrEnum):
    """A thing that has a last day: somebody's duty, or a window the family is entitled to."""

    DECIDE_WHETHER_TO_ASSESS = "decide_whether_to_assess"
    RECEIVE_ADVICE = "receive_advice"
    NOTIFY_NO_PLAN = "notify_no_plan"
    REPRESENTATIONS_WINDOW = "representations_window"
    SETTING_REPLY = "setting_reply"
    ISSUE_FINAL_PLAN = "issue_final_plan"
    NOTIFY_WILL_ASSESS = "notify_will_assess"
    SEND_DRAFT_PLAN = "send_draft_plan"
    RECONSIDER = "reconsider"
    ISSUE_AMENDED_PLAN = "issue_amended_plan"
    CARRY_OUT_AGREEMENT = "carry_out_agreement"
    TELL_FAMILY_OF_TRANSFER = "tell_family_of_transfer"
    REVIEW_TRANSFERRED_PLAN = "review_transferred_plan"
    GATHER_ADVICE = "gather_advice"
    REVIEW_PLAN = "review_plan"
    TELL_REVIEW_DECISION = "tell_review_decision"
    MEDIATION_WINDOW = "mediation_window"
    APPEAL_WINDOW = "appeal_window"


class Force(StrEnum):
    """What binds: only a missed `STATUTORY` limit of the authority's is ever called a breach."""

    STATUTORY = "statutory"
    GUIDANCE = "guidance"
    INTERNAL = "internal"
    RIGHT = "right"


class Mark(StrEnum):
    """How sure the row is: see "How to read the marks" in docs/law.md."""

    READ = "V"
    QUOTED = "S"
    UNCONFIRMED = "M"


class Basis(StrEnum):
    """What started a clock."""

    REQUEST = "request"
    BROUGHT_TO_ATTENTION = "s24"
    MEDIATION_AGREEMENT = "mediation_agreement"
    TRIBUNAL_ORDER = "tribunal_order"
    CONCESSION = "concession"
    TRANSFER = "transfer"
    NOT_KNOWN = "not_known"


FIRST_CLOCK = frozenset({Basis.REQUEST, Basis.BROUGHT_TO_ATTENTION, Basis.NOT_KNOWN})
"""The clocks that timeliness counts; the rest are clocks on a re-opened or transferred case."""


class Route(StrEnum):
    """Which set of limits a clock carries."""

    REQUEST = "request"
    ASSESS = "ordered_to_assess"
    MAKE_PLAN = "ordered_to_make_plan"
    RECONSIDER = "referred_back"
    AMEND = "ordered_to_amend"
    AMEND_SETTING = "ordered_to_amend_setting"
    AGREED_OTHER = "agreed_other"
    TRANSFER = "transfer"
    NONE = "none"


COMMENCEMENT = date(2014, 9, 1)
"""Part 3 of the Children and Families Act 2014 and SI 2014/1530 came into force."""
REGULATION_45_AMENDED = date(2015, 9, 1)
"""
SI 2015/359 substituted reg 45(3) and added (3A). Its exact day is unconfirmed [M]. What the paragraph said before is
not used, so that a concession older than this carries no limits.
"""


class Start(StrEnum):
    """The day a limit is counted from."""

    CLOCK = "clock"
    """The start of the case's clock."""
    PLAN_OR_REVIEW = "plan_or_review"
    """The later of the days on which a plan was made and was last reviewed; no limit where neither is known."""
    EVENT = "event"
    """A thing of its own: advice reaching its giver, a draft served, a setting consulted, a decision."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """One row of the timetable. A change in the law closes a row and adds one: no code changes."""

    duty: Duty
    route: Route
    within: Limit
    authority: str
    force: Force = Force.STATUTORY
    mark: Mark = Mark.READ
    bases: frozenset[Basis] = frozenset()
    """The clocks the row is for; empty for all that take its route."""
    runs_from: Start = Start.CLOCK
    in_force_from: date = COMMENCEMENT
    in_force_until: date | None = None
    """The last day on which a clock could start and be governed by the row; None while it is the law."""

    def governs(self, *, basis: Basis, on: date, reading: Reading = ORDINARY_READING) -> bool:
        """Return whether the row governs a clock of this basis that started `on` this day."""
        return (
            (not self.bases or basis in self.bases)
            and self.in_force_from <= max(on, COMMENCEMENT)
            and (self.in_force_until is None or on <= self.in_force_until)
            and (reading.unconfirmed_rules or self.mark is not Mark.UNCONFIRMED)
        )


def _weeks(number: int) -> Limit:
    return Limit(weeks=number)


_ORDER = frozenset({Basis.TRIBUNAL_ORDER})
_AGREED = frozenset({Basis.MEDIATION_AGREEMENT})
_CONCEDED = frozenset({Basis.CONCESSION})


def _on_an_order(
    duty: Duty, route: Route, weeks: int, paragraph: str, *, conceded: str, mark: Mark = Mark.QUOTED
) -> Iterator[TimeLimit]:
    """
    Yield the same limit for a tribunal's order, an agreement at mediation and a concession.

    An agreement on an appealable issue is treated as an order made on the day of the agreement (reg 42(2)), and a
    concession has its own paragraph of reg 45.
    """
    order = f"SEND Regs 2014, reg {paragraph}"
    yield TimeLimit(duty, route, _weeks(weeks), order, mark=mark, bases=_ORDER)
    agreed = f"SEND Regs 2014, reg 42(2) with reg {paragraph}"
    yield TimeLimit(duty, route, _weeks(weeks), agreed, mark=mark, bases=_AGREED)
    by_concession = f"SEND Regs 2014, reg {conceded}"
    since = REGULATION_45_AMENDED
    yield TimeLimit(duty, route, _weeks(weeks), by_concession, mark=mark, bases=_CONCEDED, in_force_from=since)


TIME_LIMITS: tuple[TimeLimit, ...] = (
    TimeLimit(Duty.DECIDE_WHETHER_TO_ASSESS, Route.REQUEST, _weeks(6), "SEND Regs 2014, reg 5(1)"),
    TimeLimit(
        Duty.GATHER_ADVICE,
        Route.REQUEST,
        _weeks(12),
        "Internal target: reg 8(1) after week 6",
        Force.INTERNAL,
    ),
    TimeLimit(Duty.NOTIFY_NO_PLAN, Route.REQUEST, _weeks(16), "SEND Regs 2014, reg 10(1)"),
    TimeLimit(
        Duty.SEND_DRAFT_PLAN,
        Route.REQUEST,
        _weeks(16),
        "Code of Practice 9.44 (no limit in law)",
        Force.INTERNAL,
    ),
    TimeLimit(Duty.ISSUE_FINAL_PLAN, Route.REQUEST, _weeks(20), "SEND Regs 2014, reg 13(2)"),
    *_on_an_order(Duty.NOTIFY_WILL_ASSESS, Route.ASSESS, 2, "44(2)(b)", conceded="45(3)"),
    *_on_an_order(Duty.NOTIFY_NO_PLAN, Route.ASSESS, 10, "44(2)(b)(i)", conceded="45(3A)"),
    *_on_an_order(Duty.ISSUE_FINAL_PLAN, Route.ASSESS, 14, "44(2)(b)(ii)", conceded="45(3A)"),
    *_on_an_order(Duty.SEND_DRAFT_PLAN, Route.MAKE_PLAN, 5, "44(2)(c)(i)", conceded="45 (refusal to make a plan)"),
    *_on_an_order(Duty.ISSUE_FINAL_PLAN, Route.MAKE_PLAN, 11, "44(2)(c)(ii)", conceded="45 (refusal to make a plan)"),
    *_on_an_order(
        Duty.RECONSIDER,
        Route.RECONSIDER,
        2,
        "44(2)(d)",
        conceded="45 (reconsideration)",
        mark=Mark.UNCONFIRMED,
    ),
    *_on_an_order(Duty.ISSUE_AMENDED_PLAN, Route.AMEND, 5, "44(2)(e)", conceded="45(4)"),
    *_on_an_order(Duty.ISSUE_AMENDED_PLAN, Route.AMEND_SETTING, 2, "44(2)(f)", conceded="45 (school or type only)"),
    TimeLimit(Duty.CARRY_OUT_AGREEMENT, Route.AGREED_OTHER, _weeks(2), "SEND Regs 2014, reg 42(3)"),
    TimeLimit(Duty.TELL_FAMILY_OF_TRANSFER, Route.TRANSFER, _weeks(6), "SEND Regs 2014, reg 15"),
    TimeLimit(
        Duty.REVIEW_TRANSFERRED_PLAN,
        Route.TRANSFER,
        Limit(months=12),
        "SEND Regs 2014, reg 15 (12 months from the plan or its last review)",
        runs_from=Start.PLAN_OR_REVIEW,
    ),
    TimeLimit(
        Duty.REVIEW_TRANSFERRED_PLAN,
        Route.TRANSFER,
        Limit(months=3),
        "SEND Regs 2014, reg 15 (3 months from the transfer)",
        mark=Mark.UNCONFIRMED,
    ),
    TimeLimit(Duty.DECIDE_WHETHER_TO_ASSESS, Route.NONE, _weeks(6), "SEND Regs 2014, reg 4(1)"),
    TimeLimit(
        Duty.RECEIVE_ADVICE,
        Route.NONE,
        _weeks(6),
        "SEND Regs 2014, reg 8(1)",
        mark=Mark.QUOTED,
        runs_from=Start.EVENT,
    ),
    TimeLimit(
        Duty.REPRESENTATIONS_WINDOW,
        Route.NONE,
        Limit(days=15, counts_first_day=True),
        "SEND Regs 2014, reg 13(1)(a)",
        Force.RIGHT,
        runs_from=Start.EVENT,
    ),
    TimeLimit(
        Duty.SETTING_REPLY,
        Route.NONE,
        Limit(days=15),
        "Code of Practice 9.83",
        Force.GUIDANCE,
        Mark.QUOTED,
        runs_from=Start.EVENT,
    ),
    TimeLimit(
        Duty.REVIEW_PLAN,
        Route.NONE,
        Limit(months=12, counts_first_day=True),
        "CFA 2014 s.44(1)",
        mark=Mark.QUOTED,
        runs_from=Start.PLAN_OR_REVIEW,
    ),
    TimeLimit(
        Duty.TELL_REVIEW_DECISION,
        Route.NONE,
        _weeks(4),
        "SEND Regs 2014, reg 20(10)",
        mark=Mark.QUOTED,
        runs_from=Start.EVENT,
    ),
    TimeLimit(
        Duty.MEDIATION_WINDOW, Route.NONE, Limit(months=2), "SEND Regs 2014, reg 33", Force.RIGHT, runs_from=Start.EVENT
    ),
    TimeLimit(
        Duty.APPEAL_WINDOW,
        Route.NONE,
        Limit(months=2),
        "First-tier Tribunal rules: 2 months from the decision or 1 month from the certificate, whichever is later",
        Force.RIGHT,
        Mark.QUOTED,
        runs_from=Start.EVENT,
    ),
)
"""
Every limit (law.md 1.1, 1.7, 1.8). A refusal at the first question, that no assessment is necessary, is under reg
4(1), which no exception reaches. Advice runs from the day its giver had the request; the representations window from
the day the draft was served, which counts; a setting's 15 days are guidance, and the authority decides with or
without its reply. The twelve months of a review begin with the day the plan was made or was last reviewed, and the four
weeks to tell the family with the review meeting (`reviews.py`). Where two rows of one duty govern a clock (reg 15's
review), the later day binds.
"""
APPEAL_AFTER_CERTIFICATE = Limit(months=1)


@lru_cache(maxsize=4096)  # an authority’s cases start on the same few thousand days
def limits_for(*, route: Route, basis: Basis, on: date, reading: Reading = ORDINARY_READING) -> tuple[TimeLimit, ...]:
    """Return the limits that a clock of this basis and route carries, as the law stood when it started `on`."""
    return tuple(row for row in TIME_LIMITS if row.route is route and row.governs(basis=basis, on=on, reading=reading))


@lru_cache(maxsize=4096)
def limit_of(duty: Duty, *, on: date, reading: Reading = ORDINARY_READING) -> TimeLimit | None:
    """Return the limit of a duty that runs from a thing of its own, as the law stood `on` the day of that thing."""
    rows = limits_for(route=Route.NONE, basis=Basis.NOT_KNOWN, on=on, reading=reading)
    return next((row for row in rows if row.duty is duty), None)
