"""What was known on a day stays what was known on that day, however late things are keyed and corrected."""

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.measures.definition import Over
from casetracker.measures.shipped import BY_KEY, KNOWN_HERE
from casetracker.models import (
    AdviceFacts,
    AdviceFactsBefore,
    AuditFacts,
    AuditFactsBefore,
    Case,
    CaseFacts,
    CaseFactsBefore,
    ReviewFacts,
    ReviewFactsBefore,
)
from casetracker.periods import Span, month_of, period_of
from casetracker.queries.measures import reported
from casetracker.queries.measures.figures import for_period
from casetracker.queries.measures.known import Asked
from casetracker.services import facts, histories, verification
from casetracker.services.measures.freezing import freeze
from casetracker.services.projection import pieces_by_key
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.fold import fold
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from casetracker.statute.reviews import reviews_due
from tests import factories
from tests.integration.jobs.agreeing import at_noon
from tests.integration.jobs.test_sweep_agrees import Life
from tests.integration.measures.lives import BY_HAND, counted_by_hand, facts_of, known_of
from tests.unit.statute.stories import BEGIN, DAYS, corrections, exceptional
from tests.unit.statute.stories import histories as made_up

_names = count(1)
A_DAY = timedelta(days=1)


class TestIntervals:
    """From a history to what was known from when until when."""

    @settings(max_examples=150)
    @given(history=made_up() | exceptional(), on=DAYS)
    def test_hold_what_replay_says_on_every_day(self, history, on):
        rows = facts.rows_of(history, on=max(on, history[-1].recorded_on) + timedelta(days=999))
        found = [
            {name: value for name, value in row.items() if not name.startswith("known_")}
            for table in (CaseFacts, CaseFactsBefore)
            for row in rows.of(table)
            if row["known_from"] <= on and ("known_until" not in row or row["known_until"] > on)
        ]
        should = facts_of(replay(history, on=on))
        assert found == ([] if should is None else [should])

    @settings(max_examples=100)
    @given(history=made_up() | exceptional(), on=DAYS)
    def test_advice_is_due_when_replay_says(self, history, on):
        rows = facts.rows_of(history, on=date(2040, 1, 1))
        found = {
            row["key"]: (row["kind"], row["asked_on"], row["due_on"], row["first_received_on"])
            for table in (AdviceFacts, AdviceFactsBefore)
            for row in rows.of(table)
            if row["known_from"] <= on and row.get("known_until", date.max) > on
        }
        standing = replay(history, on=on)
        assert found == {
            key: (piece.kind, piece.asked_on, piece.due_on, piece.first_received_on)
            for key, piece in pieces_by_key(standing.advice if standing.episodes else ())
        }

    @settings(max_examples=100)
    @given(history=made_up(), on=DAYS)
    def test_reviews_and_audits_are_what_the_law_makes_of_what_was_known(self, history, on):
        rows = facts.rows_of(history, on=date(2040, 1, 1))

        def known(*tables):
            found = [row for table in tables for row in rows.of(table)]
            there = [r for r in found if r["known_from"] <= on and r.get("known_until", date.max) > on]
            return sorted(there, key=lambda row: row["key"])

        plans = fold(known_by(history, on)).plans
        due = [(one.due_on, one.done and one.done.finished_on) for plan in plans for one in reviews_due(plan)]
        assert [(row["due_on"], row["finished_on"]) for row in known(ReviewFacts, ReviewFactsBefore)] == due
        audits = [(one.audited_on, one.grade) for plan in plans for one in plan.audits]
        assert [(row["audited_on"], row["grade"]) for row in known(AuditFacts, AuditFactsBefore)] == audits

    @settings(max_examples=100)
    @given(data=st.data(), history=made_up())
    def test_a_correction_changes_nothing_that_was_known_before_it(self, data, history):
        correction = data.draw(corrections(history))
        before = facts.rows_of(history, on=date(2040, 1, 1))
        after = facts.rows_of([*history, correction], on=date(2040, 1, 1))
        for table in facts.TABLES:
            gone = [row for row in before.of(table) if row not in after.of(table)]
            # What held until that very day may hold on, where the correction takes back what had ended it.
            assert all(row.get("known_until", date.max) >= correction.recorded_on for row in gone)

    def test_a_note_makes_no_new_one(self):
        day = date(2026, 1, 5)
        history = [Entry(1, H.REQUEST_RECEIVED, day, day), Entry(2, H.NOTE_ADDED, day + A_DAY, day + A_DAY)]
        assert facts.rows_of(history, on=day + A_DAY) == facts.rows_of(history[:1], on=day + A_DAY)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(
    stories=st.lists(made_up(longest=9), min_size=1, max_size=3),
    gaps=st.lists(st.integers(5, 120), min_size=2, max_size=5),
)
def test_a_figure_frozen_on_a_day_is_the_figure_asked_later_as_known_on_that_day(session, user, stories, gaps):
    who = user()
    with db.session.begin_nested() as savepoint:
        child = factories.person()
        lives = [Life(story, child.id, f"made-up {next(_names)}") for story in stories]
        on, frozen = BEGIN, []
        for gap in gaps:
            for life in lives:
                life.live(on)
            frozen += [
                freeze(measure=measure, period=period, known_on=on, by=who, today=on + A_DAY, at=at_noon(on + A_DAY))
                for measure in KNOWN_HERE
                for period in (month_of(on), period_of(on, Span.CALENDAR))
            ]
            on += timedelta(days=gap)
        for life in lives:
            life.live(on + timedelta(days=2_000))
        ids = [life.case_id for life in lives if life.case_id is not None]
        today = on + timedelta(days=2_001)
        for one in frozen:
            again = for_period(reported.asked_then(one, today=today), period_of(one.starts_on, one.span))
            assert (again.numerator, again.denominator, again.value) == (one.numerator, one.denominator, one.value)
            if one.measure in BY_HAND:
                known = [row for case_id in ids if (row := known_of(case_id, one.known_on)) is not None]
                upper, lower = counted_by_hand(one.measure, known, one.starts_on, one.ends_on)
                assert (one.numerator, one.denominator or lower) == (upper, lower)
        assert verification.verify(on=today).found == 0
        savepoint.rollback()


class TestLateKeying:
    """A plan issued in January and keyed in March, as three days knew it."""

    @pytest.fixture
    def late(self, session) -> Case:
        received = date(2026, 1, 5)
        steps = factories.lifetime(received, weeks_to_plan=20)
        case = factories.case(received_on=received, steps=steps[:-1])
        issued, keyed = received + timedelta(weeks=20), date(2026, 6, 20)
        entry = histories.NewEntry(H.FINAL_PLAN_ISSUED, issued, at_noon(keyed))
        return histories.append(case_id=case.id, entries=[entry], today=keyed)

    @pytest.mark.parametrize(
        ("known_on", "plans", "open_cases"),
        [(date(2026, 5, 25), 0, 1), (date(2026, 6, 19), 0, 1), (date(2026, 6, 20), 1, 0), (date(2026, 7, 1), 1, 0)],
    )
    def test_is_known_from_the_day_it_was_keyed(self, late, known_on, plans, open_cases):
        may = month_of(date(2026, 5, 1))
        asked = Asked(BY_KEY["plans_within_20_weeks"], known_on, date(2026, 7, 1))
        figure = for_period(asked, may)
        assert (figure.numerator, figure.denominator) == (plans, plans)
        standing = Asked(BY_KEY["open_cases"], known_on, date(2026, 7, 1))
        assert for_period(standing, month_of(known_on)).numerator == open_cases

    def test_what_is_known_now_is_read_from_one_table(self, late, queries_of):
        with queries_of() as asked:
            for_period(Asked(BY_KEY["plans"], date(2026, 7, 1), date(2026, 7, 1)), month_of(date(2026, 5, 1)))
        assert not any("case_facts_before" in statement for statement in asked)


class TestRows:
    """One door: whichever way a history came, its facts are the same."""

    def test_a_history_stored_whole_has_the_facts_of_one_told_step_by_step(self, session):
        received = date(2026, 1, 5)
        steps = factories.lifetime(received)
        whole = factories.case(received_on=received, steps=steps, reference="WHOLE", today=date(2026, 7, 1))
        told = factories.case(received_on=received, reference="TOLD")
        for step in steps:
            histories.append(case_id=told.id, entries=[factories.entry(step)], today=step[1])
        there = facts.stored([whole.id, told.id])
        assert there[whole.id] == there[told.id]
        assert len(there[told.id].of(CaseFactsBefore)) >= 3

    def test_verify_finds_a_fact_that_is_not_what_the_history_says(self, session):
        case = factories.case(steps=factories.lifetime(date(2026, 1, 5)))
        assert verification.verify(on=date(2026, 6, 1)).found == 0
        row = db.session.scalars(select(CaseFacts).where(CaseFacts.case_id == case.id)).one()
        row.days_to_plan = 1
        db.session.flush()
        report = verification.verify(on=date(2026, 6, 1))
        assert report.found == 1 and report.differences[0].what == "case_facts"

    def test_mending_brings_them_back(self, session):
        case = factories.case(steps=factories.lifetime(date(2026, 1, 5)))
        right = facts.stored([case.id])
        for table in facts.TABLES:
            db.session.execute(table.__table__.delete())
        histories.bring_into_line(case.id, today=date(2026, 6, 1), at=at_noon(date(2026, 6, 1)))
        assert facts.stored([case.id]) == right

    def test_the_overdue_are_overdue_from_the_day_after(self, session):
        factories.case(received_on=date(2026, 1, 5), steps=factories.lifetime(date(2026, 1, 5))[:-1])
        due = date(2026, 1, 5) + timedelta(weeks=20)
        for day, overdue in ((due, 0), (due + A_DAY, 1)):
            asked = Asked(BY_KEY["plans_overdue"], day, day)
            assert for_period(asked, month_of(day)).numerator == overdue
        assert BY_KEY["plans_overdue"].over is Over.DAY
