"""The kept sums: whatever is done to cases, they are what counting anew gives, and the figures made of them too."""

from collections import Counter
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from casetracker import jobs
from casetracker.extensions import db
from casetracker.forecast.cone import WITHIN
from casetracker.models import Advice, Case, MilestoneRow, Tallied, Tally
from casetracker.periods import month_of
from casetracker.queries import outlooks, tallies, timeliness, workload
from casetracker.queries.caseload import BANDS, UNKNOWN_BAND
from casetracker.roles import Role
from casetracker.services import asking, cases, sweeps, verification
from casetracker.services import tallies as keeping
from casetracker.services.access import Keys
from casetracker.services.asking import Sender
from casetracker.statute.advice import AdviceKind
from casetracker.statute.counting import week_number
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import FIRST_CLOCK, Duty
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.committing import while_a_case_is_recorded
from tests.integration.jobs.agreeing import at_noon
from tests.integration.jobs.test_sweep_agrees import Life
from tests.unit.statute.stories import BEGIN
from tests.unit.statute.stories import histories as made_up

_names = count(1)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(
    stories=st.lists(made_up(longest=12), min_size=1, max_size=3),
    gaps=st.lists(st.integers(1, 120), min_size=2, max_size=6),
    fold=st.booleans(),
)
def test_whatever_is_recorded_and_swept_they_are_what_counting_anew_gives(session, user, stories, gaps, fold):
    worker, manager = user(), user(Role.MANAGER)
    with db.session.begin_nested() as savepoint:
        child = factories.person()
        lives = [Life(story, child.id, f"made-up {next(_names)}") for story in stories]
        on = BEGIN
        for gap in gaps:
            for life in lives:
                life.live(on)
            sweeps.sweep(on=on, at=at_noon(on))
            ids = [life.case_id for life in lives if life.case_id is not None]
            cases.assign(case_ids=ids[:1], worker=worker, by=manager, today=on, at=at_noon(on))
            assert tallies.wrong() == []
            assert_the_figures_are_as_by_hand(on)
            if fold:
                keeping.fold()
                assert tallies.wrong() == []
                assert_the_figures_are_as_by_hand(on)
            on += timedelta(days=gap)
        savepoint.rollback()


def assert_the_figures_are_as_by_hand(on: date) -> None:
    """Compare the figures made of sums with the rows, one by one."""
    rows = list(db.session.scalars(select(Case)))
    for counts_reopened in (False, True):
        months = timeliness.by_month.__wrapped__(date(1990, 1, 1), date(2100, 1, 1), counts_reopened=counts_reopened)
        for month, figures in months.items():
            period = month_of(date(month // 100, month % 100, 1))
            anew = timeliness.for_period.__wrapped__(period.starts_on, period.ends_on, counts_reopened=counts_reopened)
            assert figures == anew
        counted = [r for r in rows if r.counts_for_timeliness or (counts_reopened and r.reopened)]
        assert sum(figures.plans_issued for figures in months.values()) == len(counted)
        assert outlooks.backlog.__wrapped__(
            on=on, ends_on=on + timedelta(days=9), counts_reopened=counts_reopened
        ) == overdue_by_hand(rows, on, on + timedelta(days=9), counts_reopened)
    still = [r for r in rows if r.is_open]
    assert workload.by_stage_and_band.__wrapped__(today=on) == Counter((r.stage, band_of(r, on)) for r in still)
    for load in workload.by_worker.__wrapped__(today=on):
        held = [r for r in still if r.named_worker_id == load.worker_id]
        started = [r.clock_started_on for r in held if r.clock_started_on is not None]
        assert (load.open, load.oldest_on) == (len(held), min(started, default=None))
        assert load.overdue == sum(r.next_due_on is not None and r.next_due_on < on for r in held)


def band_of(case: Case, on: date) -> str:
    if case.clock_started_on is None:
        return UNKNOWN_BAND
    week = max(week_number(case.clock_started_on, on), 1)
    return next(band for band, (over, up_to) in BANDS.items() if over < week and (up_to is None or week <= up_to))


def overdue_by_hand(rows: list[Case], on: date, ends_on: date, counts_reopened: bool) -> list[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        will_count = row.is_open and row.final_plan_on is None and not row.exceptions_apply
        will_count = will_count and (counts_reopened or row.clock_basis in FIRST_CLOCK)
        if will_count and row.received_on is not None and row.received_on < on - timedelta(days=WITHIN):
            query = select(MilestoneRow.id).where(
                MilestoneRow.case_id == row.id, MilestoneRow.episode == row.episode, MilestoneRow.is_open,
                MilestoneRow.duty == Duty.REPRESENTATIONS_WINDOW, MilestoneRow.due_on >= ends_on,
            )  # fmt: skip
            answers = row.stage is Stage.CONSULTING and db.session.scalars(query).first() is not None
            found[row.received_on, outlooks.STEPS_LEFT.get(row.stage, 3), answers] += 1
    return sorted((received, steps, n, answers) for (received, steps, answers), n in found.items())


class TestByWhomAdviceIsGiven:
    @pytest.fixture
    def piece(self, session) -> Advice:
        case = factories.case(steps=[(H.ASSESSMENT_AGREED, date(2026, 2, 2))])
        return factories.advice(case, service=factories.service())

    def test_somebody_else_is_asked(self, piece, user):
        other = factories.service(name="Another")
        sender = Sender(Keys("k", "http://x"), "X")
        asking.change_mailbox(piece, mailbox="b@health.example", service=other, by=user(), at=NOW, sender=sender)
        assert tallies.wrong() == []
        lines = {line.holder for line in db.session.scalars(select(Tally).where(Tally.of == Tallied.WAITING))}
        assert other.id in lines


def test_verify_tells_of_a_sum_that_is_wrong_and_mending_puts_it_right(session, on_the_day):
    factories.case(steps=factories.lifetime(date(2026, 1, 5)))
    assert verification.verify(on=TODAY).found == 0
    db.session.execute(update(Tally).where(Tally.of == Tallied.PLANS).values(number=7))
    report = verification.verify(on=TODAY)
    assert (report.found, report.differences[0].should_be) == (1, "-6 to what is kept")
    assert verification.verify(on=TODAY, sample=1).found == 0  # of a sample of cases, the sums of all tell nothing
    assert keeping.mend() == 1
    assert verification.verify(on=TODAY).found == 0


def test_after_an_upgrade_every_case_is_counted_once_whatever_was_recorded_since(session, on_the_day):
    factories.case(steps=factories.lifetime(date(2026, 1, 5)), reference="BEFORE")
    db.session.execute(delete(Tally))
    factories.case(steps=factories.lifetime(date(2026, 1, 5)), reference="SINCE")
    session.commit()
    jobs.fold_sums()
    assert keeping.is_folded()
    lines = db.session.scalars(select(Tally.id)).all()
    jobs.fold_sums()
    assert db.session.scalars(select(Tally.id)).all() == lines  # nothing was added, and nothing is written
    assert tallies.wrong() == []
    assert db.session.scalar(select(func.sum(Tally.number)).where(Tally.of == Tallied.PLANS)) == 2


def test_what_is_committed_while_they_are_folded_is_neither_lost_nor_counted_twice(app, session):
    """On PostgreSQL lines are added while others are folded; SQLite has one writer at a time."""
    for _ in range(3):
        factories.case(child=factories.person())
    session.commit()
    if db.engine.dialect.name == "sqlite":
        return
    with while_a_case_is_recorded(app):
        keeping.fold()
    session.commit()
    assert tallies.wrong() == []
    keeping.fold()
    assert tallies.wrong() == []
    per_group = select(func.count(Tally.id)).group_by(*tallies.COLUMNS)
    assert set(db.session.scalars(per_group)) == {1}


def test_the_pages_of_the_whole_caseload_read_the_sums_and_no_case(session, user, queries_of, on_the_day):
    """So that the first to open them after an entry does not wait the longer the more cases there are."""
    case = factories.case(worker=user(), steps=[(H.ASSESSMENT_AGREED, date(2026, 2, 2))])
    factories.advice(case, kind=AdviceKind.MEDICAL, service=factories.service())
    session.commit()
    with queries_of() as asked:
        workload.by_stage_and_band.__wrapped__(today=TODAY)
        timeliness.by_month.__wrapped__(date(2020, 1, 1), TODAY)
        timeliness.first_and_last.__wrapped__()
        outlooks.backlog.__wrapped__(on=TODAY, ends_on=TODAY)
    assert len(asked) == 4
    assert all("FROM tallies" in statement and "cases" not in statement for statement in asked)
