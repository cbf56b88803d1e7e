"""Open cases in columns are what replaying their histories says, and histories are what was recorded."""

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.forecast import fitting
from casetracker.forecast.calendar import AFTER_IT, AHEAD
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.lives import FOR_GOOD
from casetracker.forecast.model import Model
from casetracker.forecast.snapshots import seen
from casetracker.models import Case, Panel
from casetracker.queries import forecasting
from casetracker.services import cases as case_services
from casetracker.services import histories as history_services
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.integration.forecasting.county import AT, ON, begin, enter_panels_and_closures, odd_cases
from tests.simulated.styles import STYLES

EVERYBODY = {"first_id": 0, "last_id": 2**31 - 1}


SUMMER = ((ON + timedelta(days=AHEAD)) - date(ON.year, 7, 22)).days
"""Days of the usual summer, of those ahead."""


def learned() -> tuple[Model, fitting.Past]:
    histories = forecasting.histories()
    past = fitting.gather(histories, as_at=ON, calendar=forecasting.calendar())
    return fitting.fit(fitting.rehearse(past), as_at=ON.toordinal()), past


def by_replay(past: fitting.Past) -> Cases:
    """Return the columns that `snapshots.seen` makes, with queues and loads counted from the steps of all histories."""
    looks = [look for history in forecasting.histories() if (look := seen(history, on=ON)) is not None]
    return fitting.in_columns(looks, past.spells, past.calendar)


def assert_same(found: Cases, should: Cases) -> None:
    assert len(found) == len(should) > 0
    for field in fields(Cases):
        if field.name != "pieces":
            one, other = getattr(found, field.name), getattr(should, field.name)
            wrong = np.flatnonzero(one != other)
            assert not len(wrong), (field.name, found.case_id[wrong], one[wrong], other[wrong])
    for name in ("row", "table", "since", "answered", "queue", "ahead"):
        np.testing.assert_array_equal(getattr(found.pieces, name), getattr(should.pieces, name), err_msg=name)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_columns_are_what_replay_says_of_a_simulated_county(style, session):
    begin(style, cases=160)
    model, past = learned()
    assert_same(forecasting.open_cases(model, on=ON, **EVERYBODY).cases, by_replay(past))


def test_columns_are_what_replay_says_of_unusual_cases(session, user):
    worker = user()
    made = odd_cases(worker)
    session.commit()
    model, past = learned()
    found = forecasting.open_cases(model, on=ON, **EVERYBODY)
    assert_same(found.cases, by_replay(past))
    assert list(found.cases.case_id) == [case.id for case in made]
    assert sum(found.cases.reopened) == 2
    assert sum(found.cases.excused) == 1
    assert sum(found.cases.waits_for_family) == 1
    assert sum(found.cases.returned) == 1
    assert {piece.giver for piece in found.pieces} == {"Community Health"}


def test_columns_have_the_panels_and_closures_that_are_entered(session, user):
    begin("independent", cases=160)
    enter_panels_and_closures(user())
    model, past = learned()
    found = forecasting.open_cases(model, on=ON, **EVERYBODY).cases
    assert_same(found, by_replay(past))
    first, second = ON + timedelta(days=4), ON + timedelta(days=18)
    assert found.panels[:, :3].tolist() == [[first.toordinal(), second.toordinal(), NO_DAY]] * len(found)
    shut = {name: set(found.pieces.shut[found.pieces.table == place]) for name, place in model.tables.places.items()}
    of_schools = {name for name in shut if name.startswith("advice:educational|") and shut[name]}
    assert {name: shut[name] for name in of_schools} == {
        name: {(9.0 if name.endswith("|school 4") else 11.0) - SUMMER} for name in of_schools
    }
    assert "advice:educational|school 4" in of_schools and len(of_schools) > 3
    assert {days for name in shut if name.startswith("advice:medical") for days in shut[name]} == {0.0}


class TestTheCalendar:
    def test_has_panels_from_the_day_of_entry_to_the_day_of_calling_off(self, session, user):
        enter_panels_and_closures(user())
        today = ON.toordinal()
        assert sorted(forecasting.calendar().sittings) == [
            (today - 10, today - 20, FOR_GOOD),
            (today + 4, today - 20, FOR_GOOD),
            (today + 11, today - 20, today - 5),
            (today + 18, today - 20, FOR_GOOD),
        ]

    def test_leaves_out_what_is_over(self, session, user):
        enter_panels_and_closures(user())
        ahead = forecasting.calendar(after=ON)
        assert min(held_on for held_on, *_ in ahead.sittings) > ON.toordinal()
        assert {name for name, days in ahead.closures.items() if days} == {"", "school 4", "oak primary"}
        assert min(last for days in ahead.closures.values() for _, last in days) > ON.toordinal()

    def test_has_the_panels_of_the_last_days_whose_decisions_may_yet_be_told(self, session, user):
        begin("independent", cases=160)
        enter_panels_and_closures(user())
        for days in (AFTER_IT - 1, AFTER_IT):
            held_on = ON - timedelta(days=days)
            session.add(Panel(held_on=held_on, made_at=AT - timedelta(days=40), made_by_id=user().id))
        session.flush()
        model, past = learned()
        found = forecasting.open_cases(model, on=ON, **EVERYBODY).cases
        assert set(found.panels[:, 0]) == {ON.toordinal() - AFTER_IT + 1}
        assert_same(found, by_replay(past))

    def test_has_a_closure_by_the_names_of_the_setting_and_of_its_service(self, session, user):
        enter_panels_and_closures(user())
        closures = forecasting.calendar().closures
        assert closures["school 4"] == closures["oak primary"]
        assert len(closures["oak primary"]) == 2


def test_a_range_holds_its_own_cases_and_counts_the_queues_of_all(session):
    begin("queues", cases=160)
    model, _ = learned()
    whole = forecasting.open_cases(model, on=ON, **EVERYBODY)
    middle = int(np.median(whole.cases.case_id))
    lower = forecasting.open_cases(model, on=ON, first_id=0, last_id=middle)
    assert_same(lower.cases, whole.cases.take(whole.cases.case_id <= middle))


def test_a_worker_named_in_a_history_is_the_user_of_that_name_or_address(session, user):
    first, other = user(name="Ann Other"), user(name="Bea Second")
    case = factories.case(worker=first)
    case_services.assign(case_ids=[case.id], worker=other, by=first, today=ON, at=AT)
    imported = factories.case(
        received_on=ON - timedelta(days=90),
        steps=[(H.WORKER_ASSIGNED, ON - timedelta(days=80), {"worker": first.email.upper()})],
    )
    stranger = factories.case(
        received_on=ON - timedelta(days=91),
        steps=[(H.WORKER_ASSIGNED, ON - timedelta(days=80), {"worker": "  Gone  LONG ago "})],
    )
    session.commit()
    looks = {h.case_id: seen(h, on=ON) for h in forecasting.histories()}
    assert looks[case.id].worker == str(other.id)
    assert looks[imported.id].worker == str(first.id)
    assert looks[stranger.id].worker == "gone long ago"


def test_the_newest_closed_cases_are_learned_from_and_all_open_ones(session):
    begin("independent", cases=160)
    open_ = set(session.scalars(select(Case.id).where(Case.is_open)))
    closed = session.scalars(select(Case.id).where(~Case.is_open).order_by(Case.ended_on.desc(), Case.id.desc()))
    newest = list(closed)[:10]
    assert {h.case_id for h in forecasting.histories(limit=10)} == open_ | set(newest)


def test_histories_are_those_recorded(session):
    begin("sparse", cases=40)
    for history in forecasting.histories():
        stored = history_services.entries_of(history.case_id)
        plain = [e for e in history.entries if e.happening is not H.WORKER_ASSIGNED]
        assert plain == [e for e in stored if e.happening is not H.WORKER_ASSIGNED]
        assert len(history.entries) == len(stored)


def test_few_queries_read_a_range(session, queries_of):
    begin("queues", cases=160)
    model, _ = learned()
    forecasting.open_cases(model, on=ON, **EVERYBODY)
    with queries_of() as asked:
        forecasting.open_cases(model, on=ON, **EVERYBODY)
    assert len(asked) <= 8, asked


def test_a_day_that_is_over_is_seen_by_what_was_known_then(session):
    begin("queues", cases=160)
    model, _ = learned()
    then = ON - timedelta(days=40)
    found = forecasting.open_cases(model, on=then, past=True, **EVERYBODY)
    looks = [look for h in forecasting.histories() if (look := seen(h, on=then)) is not None]
    assert list(found.cases.case_id) == [look.case_id for look in looks]
    assert list(found.cases.since) == [look.since for look in looks]
    assert set(found.cases.pieces.queue) == {-1}
    assert db.session.scalar(select(func.count(Case.id)))
