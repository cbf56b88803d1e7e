"""Scoring: the same however often it runs, at once or killed; and only by what was known."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from casetracker import jobs
from casetracker.extensions import db
from casetracker.forecast.grid import CELLS
from casetracker.models import Case, Forecast, JobRun, Outcome, OutlookPart
from casetracker.queries import forecasts as queries
from casetracker.services import forecasts, histories
from casetracker.services.forecasts import scoring
from casetracker.statute.happenings import Happening as H
from casetracker.tasks import forecasts as ticks
from casetracker.tasks import nightly
from casetracker.transactions import unit_of_work
from tests import factories
from tests.integration.forecasting.county import AT, ON, begin_fitted, odd_cases

EVERYBODY = {"first_id": 0, "last_id": 2**31 - 1}


@pytest.fixture
def county(session, on_the_day):
    """A county that has been fitted."""
    begin_fitted("queues", cases=200)
    return session


@pytest.fixture
def taken(monkeypatch):
    """Tasks that are taken at once, as by a worker that has nothing else to do."""
    monkeypatch.setattr(ticks.score_range, "delay", ticks.score_range)


def stored() -> list[tuple]:
    return [tuple(row) for row in db.session.execute(select(Forecast.__table__).order_by(Forecast.case_id))]


def test_every_open_case_is_scored_with_what_is_shown_of_it(county):
    batch = forecasts.score(on=ON, **EVERYBODY)
    county.commit()
    assert batch.scored == county.scalar(select(func.count(Case.id)).where(Case.is_open)) > 10
    assert batch.cdf.shape == (batch.scored, CELLS)
    rows = list(county.scalars(select(Forecast)))
    assert len(rows) == batch.scored
    for row in rows:
        assert row.for_day == ON
        assert row.p_final is None or 0 <= row.p_final <= 1
        assert row.earliest_on is None or row.earliest_on >= ON
        assert row.limiting_step in row.days_by_step
        assert all(set(reason) == {"code", "moves", "figures"} for reason in row.reasons)
    advice = [row for row in rows if row.limiting_step == "advice"]
    assert advice
    assert all(row.limiting_subject and row.limiting_holder for row in advice)
    shown = queries.of_case(rows[0].case_id, today=ON)
    assert not shown.is_stale
    assert all(said.words.endswith(".") for row in rows for said in queries.of_case(row.case_id, today=ON).reasons)


def test_unusual_cases_are_scored(session, user, on_the_day):
    made = odd_cases(user())
    forecasts.fit(on=ON, at=AT)
    assert forecasts.score(on=ON, **EVERYBODY).scored == len(made)
    session.commit()
    excused = session.scalars(select(Forecast).where(Forecast.case_id == made[5].id)).one()
    assert excused.p_final is None


def test_twice_is_once(county):
    forecasts.score(on=ON, **EVERYBODY)
    county.commit()
    once = stored()
    forecasts.score(on=ON, **EVERYBODY)
    county.commit()
    assert stored() == once


def test_in_parts_is_the_same_as_at_once(county, monkeypatch):
    forecasts.score(on=ON, **EVERYBODY)
    county.commit()
    whole = stored()
    county.execute(Forecast.__table__.delete())
    county.commit()
    monkeypatch.setattr(scoring, "AT_ONCE", 7)
    middle = whole[len(whole) // 2][0]
    forecasts.score(on=ON, first_id=0, last_id=middle)
    forecasts.score(on=ON, first_id=middle + 1, last_id=2**31 - 1)
    county.commit()
    assert [row[0] for row in stored()] == [row[0] for row in whole]
    p_final = [column.name for column in Forecast.__table__.columns].index("p_final")
    pairs = zip(stored(), whole, strict=True)
    apart = [abs(one[p_final] - other[p_final]) for one, other in pairs if one[p_final] is not None]
    assert max(apart) < 0.001  # float32 sums in another order


def test_at_once_with_another(county, app):
    def work() -> int:
        with app.app_context(), unit_of_work():
            return forecasts.score(on=ON, **EVERYBODY).scored

    with ThreadPoolExecutor(2) as both:
        scored = [one.result() for one in [both.submit(work) for _ in range(2)]]
    assert scored == [len(stored())] * 2
    assert len(stored()) == county.scalar(select(func.count(Case.id)).where(Case.is_open))


def test_killed_half_way_nothing_is_left_and_the_next_does_it_all(county, monkeypatch):
    monkeypatch.setattr(scoring, "AT_ONCE", 5)
    calls = []

    def dies(found):
        calls.append(found)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(found)

    real = scoring.write
    monkeypatch.setattr(scoring, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        jobs.score_forecasts(**EVERYBODY)
    assert stored() == []
    monkeypatch.setattr(scoring, "write", real)
    done = jobs.score_forecasts(**EVERYBODY)
    assert len(stored()) == done["cases"] > 10
    assert list(county.scalars(select(JobRun.outcome).order_by(JobRun.id))) == [Outcome.FAILED, Outcome.DONE]


def test_a_case_that_moves_is_scored_at_the_next_tick(county):
    assert jobs.score_what_moved() > 10  # nothing has been scored yet
    assert jobs.score_what_moved() == 0
    case = county.scalars(select(Case).where(Case.is_open, Case.stage == "requested").order_by(Case.id)).first()
    before = queries.of_case(case.id, today=ON)
    histories.append(case_id=case.id, entries=[factories.entry((H.ASSESSMENT_AGREED, ON))], today=ON)
    county.commit()
    assert queries.of_case(case.id, today=ON).is_stale
    assert jobs.score_what_moved() == 1
    after = queries.of_case(case.id, today=ON)
    assert not after.is_stale
    assert (before.limiting_step, after.limiting_step) == ("decide", "ask")
    assert after.p_decision is None


def test_the_night_scores_range_by_range_and_gathers_the_outlook(county, taken):
    ranges = jobs.ranges_to_score(size=50)
    assert len(ranges) > 1
    assert all(last - first == 49 and first % 50 == 0 for first, last in ranges)
    for first, last in ranges:
        ticks.score_range(first_id=first, last_id=last)
    open_ = county.scalar(select(func.count(Case.id)).where(Case.is_open))
    assert len(stored()) == open_
    assert county.scalar(select(func.count()).select_from(OutlookPart)) == len(ranges)
    assert ticks.nightly() == 1
    assert len(stored()) == open_


def test_the_first_night_makes_the_first_fit(session, on_the_day, taken):
    factories.case(received_on=ON - timedelta(days=20), today=ON)
    session.commit()
    assert ticks.nightly() == 1
    assert queries.in_use().on_priors
    assert len(stored()) == 1


def test_the_first_tick_makes_the_first_fit_unless_one_is_being_made(session, on_the_day):
    factories.case(received_on=ON - timedelta(days=20), today=ON)
    begun = JobRun(job="forecast fit", for_day=ON, started_at=AT, outcome=Outcome.RUNNING)
    session.add(begun)
    session.commit()
    on_the_day.move_to(AT + timedelta(minutes=5))
    assert jobs.score_what_moved() == 0
    assert jobs.ranges_to_score() == []
    assert queries.in_use() is None
    on_the_day.move_to(AT + timedelta(hours=8))  # it was killed long ago
    assert jobs.score_what_moved() == 1
    assert queries.in_use().on_priors


def test_a_sweep_follows_the_first_scores_at_once_and_no_later_ones(session, on_the_day, taken):
    case = factories.case(received_on=ON - timedelta(days=20), today=ON)
    session.commit()
    on_the_day.move_to(AT)
    jobs.sweep()
    on_the_day.move_to(AT + timedelta(hours=8))
    assert not jobs.sweep_the_first_scores()  # there are none
    swept = select(func.count(JobRun.id)).where(JobRun.job == "sweep", JobRun.outcome == Outcome.DONE)
    before = session.scalar(swept)
    ticks.score_what_moved()
    assert session.scalar(swept) == before + 1
    on_the_day.move_to(AT + timedelta(hours=9))
    histories.append(case_id=case.id, entries=[factories.entry((H.ASSESSMENT_AGREED, ON))], today=ON)
    session.commit()
    assert ticks.score_what_moved() == 1
    assert session.scalar(swept) == before + 1


def test_a_night_that_was_missed_is_made_up_for_once(session, on_the_day, taken):
    factories.case(received_on=ON - timedelta(days=20), today=ON)
    forecasts.fit(on=ON, at=AT)
    session.commit()
    on_the_day.move_to(AT - timedelta(hours=1, minutes=30))  # half past midnight in London
    assert not jobs.night_was_missed()
    on_the_day.move_to(AT + timedelta(hours=8))
    assert jobs.night_was_missed()
    assert ticks.score_what_moved() == 0  # the night scored all there was
    assert len(stored()) == 1
    assert session.scalar(select(func.count()).select_from(OutlookPart)) == 1
    assert not jobs.night_was_missed()
    on_the_day.move_to(AT + timedelta(days=1, hours=8))
    ticks.score_what_moved()
    assert session.scalars(select(Forecast.for_day)).all() == [ON + timedelta(days=1)]


def test_a_fit_that_another_version_made_gives_way_to_a_new_one(session, on_the_day, taken):
    factories.case(received_on=ON - timedelta(days=20), today=ON)
    old = forecasts.fit(on=ON - timedelta(days=3), at=AT)
    old.model = '{"form": 0}'
    session.commit()
    assert not forecasts.can_score()
    with pytest.raises(forecasts.NoFit):
        forecasts.score(on=ON, **EVERYBODY)
    session.rollback()
    assert ticks.nightly() == 1
    assert queries.in_use().id != old.id
    assert len(stored()) == 1


def test_a_day_that_is_over_is_scored_by_what_was_known_then_and_a_later_forecast_stands(county):
    case = factories.case(received_on=ON - timedelta(days=30), today=ON)
    agreed = factories.entry((H.ASSESSMENT_AGREED, ON))
    histories.append(case_id=case.id, entries=[agreed], today=ON)
    county.commit()
    then = ON - timedelta(days=3)
    jobs.score_forecasts(on=then, **EVERYBODY)
    shown = queries.of_case(case.id, today=ON)
    assert (shown.for_day, shown.limiting_step) == (then, "decide")
    jobs.score_forecasts(**EVERYBODY)
    now = queries.of_case(case.id, today=ON)
    assert (now.for_day, now.limiting_step) == (ON, "ask")
    jobs.score_forecasts(on=then, **EVERYBODY)
    assert queries.of_case(case.id, today=ON) == now


def test_without_a_fit_nothing_is_scored_and_the_sweep_runs_all_the_same(session, on_the_day):
    factories.case(received_on=ON - timedelta(days=60), today=ON)
    session.commit()
    with pytest.raises(forecasts.NoFit):
        ticks.score_range(first_id=0, last_id=100)
    nightly.sweep()
    runs = dict(iter(session.execute(select(JobRun.job, JobRun.outcome))))
    assert runs == {"forecast scores": Outcome.FAILED, "sweep": Outcome.DONE}


def test_a_fit_that_fails_is_on_record_and_stops_no_sweep(session, on_the_day, monkeypatch):
    def fails(**_given):
        raise MemoryError

    monkeypatch.setattr(forecasts, "fit", fails)
    with pytest.raises(MemoryError):
        ticks.fit()
    with pytest.raises(MemoryError):
        ticks.nightly()
    nightly.sweep()
    assert session.scalar(select(JobRun.outcome).where(JobRun.job == "sweep")) is Outcome.DONE


def test_at_risk_lists_the_likeliest_first(county):
    forecasts.score(on=ON, **EVERYBODY)
    county.commit()
    found = queries.at_risk(today=ON, limit=5)
    assert [one.p_final for one in found] == sorted((one.p_final for one in found), reverse=True)
    assert all(one.final_due_on >= ON for one in found)
    assert queries.at_risk(today=ON, over=1.01) == []


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"form": 2}', '{"form": 0, "haste_of": []}'])
def test_a_fit_that_is_damaged_or_of_another_version_cannot_score_and_is_not_taken_for_one_that_can(session, damaged):
    forecasts.fit(on=ON, at=AT).model = damaged
    session.commit()
    assert not scoring.can_score()
    with pytest.raises(scoring.NoFit):
        forecasts.score(on=ON, first_id=0, last_id=100)
