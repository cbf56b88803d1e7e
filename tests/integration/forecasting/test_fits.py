"""Fits: kept with how they did, compared with the one in use, put in use, put back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.forecast import keeping
from casetracker.forecast.fitting import Rehearsal, lessons
from casetracker.forecast.keeping import OtherForm
from casetracker.forecast.model import Lessons
from casetracker.models import FitState, ForecastFit
from casetracker.queries import forecasts as queries
from casetracker.roles import Role
from casetracker.services import forecasts, histories
from casetracker.services.forecasts.fits import _put_in_use
from casetracker.statute.happenings import Happening
from tests import factories
from tests.integration.forecasting.county import AT, ON, begin, simulated, store


def states() -> list[FitState]:
    return list(db.session.scalars(select(ForecastFit.state).order_by(ForecastFit.id)))


def spoil(fit: ForecastFit, *, to: float) -> None:
    """Make every plan of a fit come with the same probability by every day, whatever is known of its case."""
    model = keeping.from_text(fit.model)
    lessons = replace(model.lessons, trust=model.lessons.trust * 0 + to)
    fit.model = keeping.as_text(replace(model, lessons=lessons))


def sure_of_the_wrong_thing(rehearsal: Rehearsal, *, as_at: int) -> Lessons:
    """Return lessons by which every plan comes at once."""
    found = lessons(rehearsal, as_at=as_at)
    return replace(found, trust=found.trust * 0 + 1)


def test_an_authority_with_no_past_rests_on_what_is_shipped_and_says_so(session):
    fit = forecasts.fit(on=ON, at=AT)
    session.commit()
    assert fit.on_priors
    assert (fit.closed_cases, fit.data_from, fit.state) == (0, None, FitState.IN_USE)
    assert "what is shipped" in fit.reason
    factories.case(received_on=ON - timedelta(days=20))
    assert forecasts.score(on=ON, first_id=0, last_id=100).scored == 1


def test_a_fit_says_what_it_learned_from_and_how_it_did(session):
    county = simulated("queues", cases=420)
    stored = store(county)
    fit = forecasts.fit(on=ON, at=AT)
    session.commit()
    assert not fit.on_priors
    assert fit.closed_cases + fit.open_cases >= stored - 5
    assert fit.data_from < fit.data_to == ON
    weeks = fit.scores["backtest"]["weeks"]
    assert set(weeks) == {"4", "8", "12", "16"}
    assert all(0 <= week["brier"] <= 1 for week in weeks.values())
    assert f"{fit.closed_cases:,} closed cases" in fit.reason
    [listed] = queries.fits()
    assert (listed.id, listed.closed_cases, listed.state) == (fit.id, fit.closed_cases, FitState.IN_USE)


def test_the_same_fit_again_is_the_one_that_is_there(session):
    begin("independent", cases=120)
    first = forecasts.fit(on=ON, at=AT)
    session.commit()
    again = forecasts.fit(on=ON, at=AT + timedelta(hours=3))
    session.commit()
    assert again.id == first.id
    assert session.scalar(select(func.count(ForecastFit.id))) == 1


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
def test_a_fit_worse_than_the_one_in_use_is_not_used_and_a_better_one_is(session, monkeypatch):
    begin("queues", cases=420)
    earlier = ON - timedelta(days=200)
    good = forecasts.fit(on=earlier, at=AT)
    session.commit()
    with monkeypatch.context() as patched:
        patched.setattr("casetracker.forecast.fitting.lessons", sure_of_the_wrong_thing)
        worse = forecasts.fit(on=ON, at=AT)
    session.commit()
    assert (good.state, worse.state) == (FitState.IN_USE, FitState.NOT_BETTER)
    assert "Worse than the one in use" in worse.reason
    assert worse.scores["compared"]["brier"] > worse.scores["compared"]["brier_in_use"]
    spoil(good, to=0.01)
    session.commit()
    better = forecasts.fit(on=ON, at=AT)
    session.commit()
    assert (good.state, better.state) == (FitState.RETIRED, FitState.IN_USE)
    assert better.scores["compared"]["brier"] < better.scores["compared"]["brier_in_use"]
    assert "No worse than the one before" in better.reason
    assert keeping.from_text(better.model).as_at == ON.toordinal()


def test_with_nothing_changed_a_fit_a_week_later_is_no_worse(session):
    begin("queues", cases=260)
    forecasts.fit(on=ON - timedelta(days=7), at=AT)
    session.commit()
    later = forecasts.fit(on=ON, at=AT)
    session.commit()
    assert later.state is FitState.IN_USE
    assert states() == [FitState.RETIRED, FitState.IN_USE]


def test_a_fit_for_a_day_before_that_of_the_one_in_use_is_kept_and_not_used(session):
    begin("queues", cases=160)
    forecasts.fit(on=ON, at=AT)
    session.commit()
    earlier = forecasts.fit(on=ON - timedelta(days=300), at=AT)
    session.commit()
    assert earlier.state is FitState.NOT_BETTER
    assert earlier.reason == "The one in use is of a later day, 1 June 2026."


def test_an_earlier_fit_is_put_back_and_who_did_it_is_kept(session, user):
    manager = user(Role.MANAGER, name="Morag Manager")
    first = forecasts.fit(on=ON - timedelta(days=7), at=AT)
    factories.case(received_on=ON - timedelta(days=30))
    second = forecasts.fit(on=ON, at=AT)
    session.commit()
    assert states() == [FitState.RETIRED, FitState.IN_USE]
    forecasts.use(fit_id=first.id, by=manager, at=AT)
    session.commit()
    assert states() == [FitState.IN_USE, FitState.RETIRED]
    listed = {one.id: one for one in queries.fits()}
    assert listed[first.id].changed_by == "Morag Manager"
    assert listed[first.id].reason == "Put in use by Morag Manager."
    assert "Retired on 1 June 2026." in listed[second.id].reason
    forecasts.use(fit_id=first.id, by=manager, at=AT)
    assert states() == [FitState.IN_USE, FitState.RETIRED]


def test_a_fit_of_another_version_is_refused_and_the_one_in_use_stays(session):
    first = forecasts.fit(on=ON - timedelta(days=7), at=AT)
    factories.case(received_on=ON - timedelta(days=30))
    second = forecasts.fit(on=ON, at=AT)
    first.model = '{"form": 0}'
    session.commit()
    with pytest.raises(OtherForm):
        forecasts.use(fit_id=first.id, by=None, at=AT)
    session.rollback()
    assert queries.in_use().id == second.id


def test_a_fit_made_while_another_was_put_in_use_gives_way_to_it(session, monkeypatch):
    first = forecasts.fit(on=ON - timedelta(days=7), at=AT)
    session.commit()
    other = ForecastFit(
        fitted_at=AT, for_day=ON, closed_cases=0, open_cases=0, on_priors=True, state=FitState.NOT_BETTER, scores={},
        model=first.model,
    )  # fmt: skip
    session.add(other)
    session.commit()
    monkeypatch.setattr(
        "casetracker.services.forecasts.fits._take_turns",
        lambda: _put_in_use(other, reason="First.", at=AT, by=None),
    )
    factories.case(received_on=ON - timedelta(days=30))
    late = forecasts.fit(on=ON, at=AT)
    session.commit()
    assert late.state is FitState.NOT_BETTER
    assert "Another fit was put in use" in late.reason
    assert queries.in_use().id == other.id


def test_nothing_recorded_later_is_learned(session):
    begin("queues", cases=160)
    then = ON - timedelta(days=120)
    before = forecasts.fit(on=then, at=AT)
    session.commit()
    kept = before.model
    for case in list(queries.behind(after=0, limit=40)):
        entry = factories.entry((Happening.REQUEST_WITHDRAWN, ON))
        histories.append(case_id=case, entries=[entry], today=ON)
    session.commit()
    after = forecasts.fit(on=then, at=AT)
    assert keeping.from_text(after.model).closed_cases == keeping.from_text(kept).closed_cases
    assert after.model == kept
