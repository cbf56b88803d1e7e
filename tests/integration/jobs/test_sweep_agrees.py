"""The sweep's statements and the pure rules say the same of made-up histories, on whichever days it ran."""

from datetime import date, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from casetracker.demonstration.county import county
from casetracker.extensions import db
from casetracker.models import Alert, Case
from casetracker.services import histories, sweeps, verification
from casetracker.statute.entries import Entry
from casetracker.statute.history import replay
from tests import factories
from tests.integration.jobs.agreeing import as_new, assert_case_is_as_replay_says, at_noon
from tests.unit.statute.stories import BEGIN
from tests.unit.statute.stories import histories as made_up


class Life:
    """A made-up history, told to the tracker entry by entry as the days on which it was recorded go by."""

    def __init__(self, entries: list[Entry], person_id: int, reference: str) -> None:
        self.waiting = entries
        self.person_id = person_id
        self.reference = reference
        self.case_id: int | None = None
        self.places: dict[int, int] = {}

    def live(self, today: date) -> None:
        """Record what had been learned by the close of the day, leaving out what the law refuses."""
        while self.waiting and self.waiting[0].recorded_on <= today:
            entry = self.waiting.pop(0)
            if entry.corrects is not None and entry.corrects not in self.places:
                continue  # what it would correct was refused
            try:
                self.places[entry.seq] = self.record(entry)
            except (histories.NotAllowed, ValueError):
                continue

    def record(self, entry: Entry) -> int:
        new = as_new(entry)
        if self.case_id is None:
            case = Case(reference=self.reference, person_id=self.person_id)
            histories.begin(case=case, entries=[new], today=entry.recorded_on)
            self.case_id = case.id
            return case.version
        if entry.corrects is not None:
            new = histories.NewEntry(
                new.happening, new.occurred_on, new.recorded_at, new.detail, self.places[entry.corrects]
            )
        return histories.append(case_id=self.case_id, entries=[new], today=entry.recorded_on).version


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(story=made_up(longest=12), gaps=st.lists(st.integers(1, 60), min_size=3, max_size=14), again=st.booleans())
def test_after_any_sweep_every_row_is_what_replay_says(session, story, gaps, again):
    with db.session.begin_nested() as savepoint:
        life = Life(story, factories.person().id, "made-up")
        on = BEGIN
        for gap in gaps:
            life.live(on)
            sweeps.sweep(on=on, at=at_noon(on))
            if again:
                assert not any(vars_of(sweeps.sweep(on=on, at=at_noon(on))))
            if life.case_id is not None:
                assert_case_is_as_replay_says(life.case_id, on=on)
            on += timedelta(days=gap)
        savepoint.rollback()


def vars_of(counts: sweeps.SweepCounts) -> list[int]:
    return [getattr(counts, name) for name in counts.__slots__]


def lives_of_a_county(last: date) -> list[Life]:
    """Return one in twelve of the demonstration county's cases, each told in the order in which it was keyed in."""
    lives = []
    for number, plot in enumerate(county(today=last, now=at_noon(last), cases=600, seed=7)):
        if number % 12 == 0:
            keyed = sorted(plot.steps, key=lambda step: step[1].date())
            entries = [
                Entry(seq, happening, on, keyed_at.date(), detail)
                for seq, ((happening, on, detail), keyed_at) in enumerate(keyed, start=1)
            ]
            lives.append(Life(entries, factories.person().id, f"Y-{number}"))
    return lives


def nights(day: date, rng: Random) -> list[date]:
    """Return the nights swept on a day: its own, at times twice, at times one long past in between."""
    past = day - timedelta(days=rng.randrange(1, 90))
    return rng.choice([[day], [day], [day, day], [day, past, day]])


def test_a_year_of_nights_some_of_them_twice_some_again_later_is_what_replay_says(session):
    rng, last = Random(1402), date(2026, 6, 1)
    lives = lives_of_a_county(last)
    for day in (last - timedelta(days=n) for n in range(365, -1, -1)):
        for life in lives:
            life.live(day)
        for night in nights(day, rng):
            sweeps.sweep(on=night, at=at_noon(day))
        if day.day == 1:
            for life in lives:
                if life.case_id is not None:
                    assert_case_is_as_replay_says(life.case_id, on=day)
    assert verification.verify(on=last).found == 0
    raised = dict(db.session.execute(select(Alert.level, func.count()).group_by(Alert.level)).all())
    assert raised.pop("will_breach") > 5 and raised.keys() == {"breached", "behind"} and min(raised.values()) > 10
    assert_no_alert_stood_twice_at_once()


def assert_no_alert_stood_twice_at_once() -> None:
    one, other = aliased(Alert), aliased(Alert)
    same = and_(
        one.id < other.id,
        one.case_id == other.case_id,
        one.milestone_key == other.milestone_key,
        one.level == other.level,
    )
    at_once = and_(other.raised_on < func.coalesce(one.closed_on, date.max), one.raised_on <= other.raised_on)
    assert db.session.execute(select(one.id, other.id).join(other, and_(same, at_once))).all() == []


def test_a_sweep_for_a_past_night_changes_nothing_that_a_later_one_established(session):
    received = date(2026, 1, 5)
    case = factories.case(received_on=received, today=date(2026, 1, 6))
    for on in (date(2026, 2, 9), date(2026, 2, 17), date(2026, 6, 1)):
        sweeps.sweep(on=on, at=at_noon(on))
    before = everything(case.id)
    for days in range(0, 140, 7):
        counts = sweeps.sweep(on=received + timedelta(days=days), at=at_noon(date(2026, 6, 1)))
        assert not any(vars_of(counts)), f"{days} days after receipt: {counts}"
    assert everything(case.id) == before
    assert replay(histories.entries_of(case.id), on=date(2026, 6, 1)).is_open


def everything(case_id: int) -> list[tuple[object, ...]]:
    """Return every alert there has been on a case."""
    columns = (Alert.milestone_key, Alert.level, Alert.raised_on, Alert.closed_on, Alert.closed_because)
    found = db.session.execute(select(*columns).where(Alert.case_id == case_id).order_by(Alert.id))
    return [tuple(row) for row in found]
