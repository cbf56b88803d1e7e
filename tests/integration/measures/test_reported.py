"""Figures that were reported: kept as they were, and restated with the cases that caused it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from casetracker.extensions import db
from casetracker.measures.shipped import BY_KEY
from casetracker.models import FrozenFigure
from casetracker.periods import Span, month_of, period_of
from casetracker.queries.measures import reported
from casetracker.roles import Role
from casetracker.services import histories
from casetracker.services.measures.freezing import CannotBeFrozen, freeze
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW
from tests.integration.jobs.agreeing import at_noon

HEADLINE = BY_KEY["plans_within_20_weeks"]
RECEIVED = date(2026, 1, 5)
ISSUED = RECEIVED + timedelta(weeks=20)
MAY = month_of(ISSUED)
KNOWN, TODAY = date(2026, 5, 31), date(2026, 6, 1)


@pytest.fixture
def frozen(session, user) -> FrozenFigure:
    """May's headline, frozen on 1 June as known the day before: one plan, in time."""
    factories.case(received_on=RECEIVED, steps=factories.lifetime(RECEIVED), reference="IN TIME")
    found = freeze(measure=HEADLINE, period=MAY, known_on=KNOWN, by=user(Role.MANAGER), today=TODAY, at=NOW)
    db.session.commit()
    return found


def key_late(reference: str, *, weeks: int, keyed: date = date(2026, 6, 10)) -> int:
    received = ISSUED - timedelta(weeks=weeks)
    case = factories.case(
        received_on=received,
        steps=factories.lifetime(received, weeks_to_plan=weeks)[:-1],
        child=factories.person(forename=reference),
        reference=reference,
    )
    entry = histories.NewEntry(H.FINAL_PLAN_ISSUED, ISSUED, at_noon(keyed))
    histories.append(case_id=case.id, entries=[entry], today=keyed)
    return case.id


def test_keeps_who_when_and_by_which_definition(frozen):
    assert (frozen.numerator, frozen.denominator, str(frozen.value)) == (1, 1, "100.0")
    assert (frozen.version, frozen.known_on, frozen.frozen_at) == ("DfE-2025-1", KNOWN, NOW)
    assert (frozen.span, frozen.starts_on, frozen.ends_on) == (Span.MONTH, MAY.starts_on, MAY.ends_on)


def test_twice_is_kept_once(frozen, user):
    again = freeze(measure=HEADLINE, period=MAY, known_on=KNOWN, by=user(), today=TODAY, at=NOW)
    assert again.id == frozen.id
    assert db.session.scalar(select(func.count(FrozenFigure.id))) == 1


@pytest.mark.parametrize("change", [update(FrozenFigure).values(numerator=9), FrozenFigure.__table__.delete()])
def test_the_database_refuses_to_change_or_lose_it(frozen, change):
    with pytest.raises(DatabaseError, match="never changed"):
        db.session.execute(change)
    db.session.rollback()
    assert db.session.get_one(FrozenFigure, frozen.id).numerator == 1


@pytest.mark.parametrize(
    ("key", "known_on", "period", "why"),
    [
        ("plans_within_20_weeks", TODAY, MAY, "over"),
        ("plans_within_20_weeks", KNOWN, month_of(date(2026, 6, 1)), "had not begun"),
        ("neet", KNOWN, MAY, "entered"),
    ],
    ids=["a day that is not over", "a month that had not begun", "a measure that is entered"],
)
def test_is_refused_where_it_would_not_stay_as_it_is(session, user, key, known_on, period, why):
    with pytest.raises(CannotBeFrozen, match=why):
        freeze(measure=BY_KEY[key], period=period, known_on=known_on, by=user(), today=TODAY, at=NOW)


class TestRestated:
    def test_with_the_cases_that_caused_it_and_how_late_they_were_keyed(self, frozen):
        late = key_late("LATE", weeks=30)
        today = date(2026, 6, 11)
        (found,) = reported.of_measure(HEADLINE, today=today)
        assert found.is_restated and not found.has_drifted and not found.definition_changed
        assert (found.now.numerator, found.now.denominator, str(found.now.value)) == (1, 2, "50.0")
        assert found.again == found.then
        (changed,) = reported.changed(
            reported.asked_then(frozen, today=today), reported.asked_now(frozen, today=today), MAY
        )
        assert (changed.case_id, changed.reference) == (late, "LATE")
        assert (changed.lower_then, changed.lower_now, changed.upper_now) == (0, 1, 0)
        assert [(one.happening, one.days_late) for one in changed.since] == [
            (H.FINAL_PLAN_ISSUED, (date(2026, 6, 10) - ISSUED).days)
        ]

    def test_by_a_correction_of_a_case_that_counted(self, frozen):
        case_id = db.session.scalars(select(histories.Case.id)).one()
        issued = max(entry.seq for entry in histories.entries_of(case_id))
        moved = histories.NewEntry(H.FINAL_PLAN_ISSUED, ISSUED - timedelta(days=30), at_noon(TODAY), corrects=issued)
        histories.append(case_id=case_id, entries=[moved], today=TODAY)
        today = date(2026, 6, 2)
        found = reported.one(frozen.id, today=today)
        assert (found.now.numerator, found.now.denominator) == (0, 0)
        (changed,) = reported.changed(
            reported.asked_then(frozen, today=today), reported.asked_now(frozen, today=today), MAY
        )
        assert (changed.upper_then, changed.upper_now, changed.since[0].corrects) == (1, 0, True)

    def test_not_by_what_happens_later_in_a_period_that_was_still_running(self, session, user):
        year = period_of(ISSUED, Span.CALENDAR)
        frozen = freeze(measure=HEADLINE, period=year, known_on=date(2026, 3, 1), by=user(), today=TODAY, at=NOW)
        factories.case(received_on=RECEIVED, steps=factories.lifetime(RECEIVED), today=TODAY)
        found = reported.one(frozen.id, today=TODAY)
        assert not found.is_restated

    def test_never_for_a_measure_of_a_day(self, session, user):
        factories.case(received_on=RECEIVED, steps=factories.lifetime(RECEIVED)[:3])
        open_cases = freeze(measure=BY_KEY["open_cases"], period=MAY, known_on=KNOWN, by=user(), today=TODAY, at=NOW)
        key_late("LATE", weeks=30)
        found = reported.one(open_cases.id, today=date(2026, 6, 11))
        assert found.is_restated == found.has_drifted

    def test_and_there_is_none_of_a_number_nobody_froze(self, session):
        assert reported.one(99, today=TODAY) is None
