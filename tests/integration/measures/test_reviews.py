"""Annual reviews and audits of plans counted: a year worked by hand, as known on past days, restated, by group."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.measures.figures import Figure
from casetracker.measures.shipped import BY_KEY
from casetracker.models import AuditFacts, Case, ReviewFacts
from casetracker.periods import Span, month_of, period_of
from casetracker.queries import board
from casetracker.queries import cases as queries
from casetracker.queries.measures import listing
from casetracker.queries.measures.breakdowns import by_group
from casetracker.queries.measures.figures import first_and_last, for_period
from casetracker.queries.measures.known import Asked
from casetracker.queries.measures.listing import Part, Wanted
from casetracker.roles import Role
from casetracker.services import board as working_out
from casetracker.services import cases, facts, histories, verification
from casetracker.services.measures import entering
from casetracker.services.measures.freezing import freeze
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW
from tests.integration.jobs.agreeing import at_noon
from tests.integration.measures.test_entered import brought

Y2026 = period_of(date(2026, 6, 1), Span.CALENDAR)
Y2027 = period_of(date(2027, 6, 1), Span.CALENDAR)
TOLD = date(2027, 3, 31)
"""The day on which these tests look back."""
IN_TIME, TO_TELL, GRADED = "annual_reviews_in_time", "review_decisions_within_4_weeks", "plans_good_or_outstanding"


def reviewed(finished: date, met: date | None = None, outcome: str = "maintain") -> tuple:
    return H.ANNUAL_REVIEW_FINISHED, finished, {"met_on": met.isoformat() if met else "", "outcome": outcome}


def audited(on: date, grade: str, by: str = "in_house") -> tuple:
    return H.PLAN_AUDITED, on, {"grade": grade, "audited_by": by}


def case(plan_on: date, *steps: tuple, reference: str) -> Case:
    """Make a case whose plan was issued on a day."""
    received = date(plan_on.year - 1, plan_on.month, 1)
    before = [(H.ASSESSMENT_AGREED, received), (H.PLAN_AGREED, received), (H.FINAL_PLAN_ISSUED, plan_on)]
    return factories.case(received_on=received, steps=[*before, *steps], reference=reference, today=TOLD)


@pytest.fixture
def plans(session) -> dict[str, Case]:
    """
    Six plans made in 2025, with a review due in 2026, and one made in 2024.

    EARLY: finished before its day, told on day 28. LAST: on its last day, told on day 29. LATE: a day after, with no
    meeting known. MISSED: not finished. CEASED: closed before its day. OLDER: due in 2025, before anything was on
    record, and finished in 2026. LATER: due on 31 March 2027, today.
    """
    made = {
        "EARLY": case(date(2025, 3, 3), reviewed(date(2026, 2, 2), date(2026, 1, 5)), reference="EARLY"),
        "LAST": case(date(2025, 3, 3), reviewed(date(2026, 3, 2), date(2026, 2, 1), "amend"), reference="LAST"),
        "LATE": case(date(2025, 3, 3), reviewed(date(2026, 3, 3)), reference="LATE"),
        "MISSED": case(date(2025, 4, 1), reference="MISSED"),
        "CEASED": case(date(2025, 4, 1), (H.CASE_CLOSED, date(2026, 3, 1), {"reason": "1"}), reference="CEASED"),
        "OLDER": case(date(2024, 1, 8), reviewed(date(2026, 5, 5), date(2026, 5, 1)), reference="OLDER"),
        "LATER": case(date(2026, 4, 1), audited(date(2026, 9, 1), "outstanding", "external"), reference="LATER"),
    }
    for name, grade in (("EARLY", "good"), ("LAST", "requires_improvement"), ("MISSED", "inadequate")):
        histories.append(case_id=made[name].id, entries=[factories.entry(audited(date(2026, 7, 1), grade))], today=TOLD)
    db.session.commit()
    return made


def figure(key: str, period=Y2026, *, known_on: date = TOLD) -> tuple[int | None, int | None]:
    found = for_period(Asked(BY_KEY[key], known_on, TOLD), period)
    return found.numerator, found.denominator


class TestAYearWorkedByHand:
    def test_of_the_reviews_that_fell_due_the_share_finished_in_time(self, plans):
        # EARLY and LAST, of those and LATE and MISSED: CEASED fell due no more, OLDER before the first on record
        assert figure(IN_TIME) == (2, 4)
        assert figure(IN_TIME, month_of(date(2026, 3, 2))) == (2, 4)
        assert figure(IN_TIME, period_of(date(2025, 6, 1), Span.CALENDAR)) == (0, 0)

    def test_what_is_not_due_yet_is_in_neither_number(self, plans):
        # of 2027 EARLY’s and LAST’s next have passed, LATE’s too; LATER’s is today
        assert figure(IN_TIME, Y2027) == (0, 3)
        assert first_and_last(Asked(BY_KEY[IN_TIME], TOLD, TOLD)) == (date(2026, 3, 2), date(2027, 3, 2))

    def test_of_the_reviews_finished_the_share_told_within_four_weeks(self, plans):
        assert figure(TO_TELL) == (2, 3)  # EARLY on day 28, OLDER on day 4, LAST on day 29; LATE’s meeting is not known

    def test_of_the_audits_the_share_that_found_the_plan_good(self, plans):
        assert figure(GRADED) == (2, 4)
        assert for_period(Asked(BY_KEY[GRADED], TOLD, TOLD), Y2026) == Figure(2, 4, Decimal("50.0"))

    def test_each_number_opens_into_its_cases(self, plans):
        asked = Asked(BY_KEY[IN_TIME], TOLD, TOLD)
        rest = listing.cases(Wanted(asked, Y2026, Part.REST), page=None)
        assert {(one.reference, one.what) for one in rest} == {("LATE", "maintain"), ("MISSED", "")}
        told = listing.cases(Wanted(Asked(BY_KEY[TO_TELL], TOLD, TOLD), Y2026, Part.DENOMINATOR), page=None)
        assert {one.reference: one.days for one in told} == {"EARLY": 28, "LAST": 29, "OLDER": 4}

    @pytest.mark.parametrize(
        ("key", "dimension", "lines"),
        [
            (IN_TIME, "outcome", {"Maintain": (1, 2), "Amend": (1, 1), "Not finished": (0, 1)}),
            (TO_TELL, "outcome", {"Maintain": (2, 2), "Amend": (0, 1)}),
            (
                GRADED,
                "grade",
                {"Good": (1, 1), "Outstanding": (1, 1), "Requires improvement": (0, 1), "Inadequate": (0, 1)},
            ),
            (GRADED, "auditor", {"In house": (1, 3), "External": (1, 1)}),
        ],
    )
    def test_by_group(self, plans, key, dimension, lines):
        found = by_group(Asked(BY_KEY[key], TOLD, TOLD), Y2026, dimension).lines
        assert {line.name: (line.figure.numerator, line.figure.denominator) for line in found} == lines


class TestAsKnown:
    def test_until_a_review_is_on_record_there_is_no_figure(self, session):
        case(date(2025, 3, 3), reference="ONLY")
        assert figure(IN_TIME) == (0, 0)

    def test_a_review_keyed_late_restates_what_was_reported(self, plans, user):
        known_on = date(2026, 4, 30)
        assert figure(IN_TIME, known_on=known_on) == (2, 4)
        frozen = freeze(
            measure=BY_KEY[IN_TIME], period=Y2026, known_on=known_on, by=user(Role.MANAGER), today=TOLD, at=NOW
        )
        entry = factories.entry(reviewed(date(2026, 3, 20), date(2026, 3, 1)))
        late = replace(entry, recorded_at=at_noon(date(2026, 6, 1)))
        histories.append(case_id=plans["MISSED"].id, entries=[late], today=TOLD)
        assert figure(IN_TIME, known_on=known_on) == (2, 4) == (frozen.numerator, frozen.denominator)
        assert figure(IN_TIME, known_on=date(2026, 6, 1)) == (3, 4)

    def test_a_correction_moves_the_day_and_what_falls_due_next(self, plans, user):
        wrong = queries.events(plans["LATE"].id)[-1]
        cases.correct(
            event=wrong,
            occurred_on=date(2026, 3, 1),
            detail=None,
            reason="The letter was dated the 1st",
            by=user(Role.CASEWORKER),
            today=TOLD,
            at=at_noon(TOLD),
        )
        rows = db.session.scalars(select(ReviewFacts).where(ReviewFacts.case_id == plans["LATE"].id)).all()
        assert [(row.due_on, row.finished_on) for row in rows] == [
            (date(2026, 3, 2), date(2026, 3, 1)),
            (date(2027, 2, 28), None),
        ]
        assert figure(IN_TIME) == (3, 4) and figure(IN_TIME, known_on=date(2026, 12, 31)) == (2, 4)

    def test_verify_finds_and_mends_them(self, plans):
        assert verification.verify(on=TOLD).found == 0
        case_id = plans["EARLY"].id
        right = facts.stored([case_id])
        db.session.execute(ReviewFacts.__table__.delete())
        db.session.execute(AuditFacts.__table__.delete())
        missing = {one.what for one in verification.verify(on=TOLD).differences if one.case == "EARLY"}
        assert missing == {"review_facts 1:1", "review_facts 1:2", "audit_facts 1:1"}
        histories.bring_into_line(case_id, today=TOLD, at=at_noon(TOLD))
        assert facts.stored([case_id]) == right


class TestBesideWhatWasReportedByHand:
    """The count never takes the place of what was entered, nor that of the count: each has its own row."""

    def test_what_was_entered_keeps_its_own_row_with_its_source(self, plans, user):
        entering.enter(brought("24.8", "56", "226"), by=user(Role.DATA_OFFICER), at=NOW)
        working_out.refresh(today=TOLD, at=NOW)
        by_hand, counted = board.chosen(["plans_good_or_outstanding_by_hand", GRADED])
        assert (by_hand.current.value, by_hand.current.source) == (Decimal("24.80"), "Invision 360")
        assert (counted.current.numerator, counted.current.denominator) == (2, 4)

    def test_a_count_of_nothing_is_no_figure_and_takes_no_figure_from_elsewhere(self, session, user):
        entering.enter(brought("24.8"), by=user(Role.DATA_OFFICER), at=NOW)
        working_out.refresh(today=TOLD, at=NOW)
        assert board.one(GRADED).current.value is None
