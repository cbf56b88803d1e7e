"""What is true of `replay` for every history, lawful or not."""

import random
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from casetracker.statute.stages import OPEN_STAGES
from casetracker.statute.standing import Standing
from casetracker.statute.timetable import Duty
from tests.unit.statute.stories import BEGIN, DAYS, LAST, corrections, exceptional, histories, walks

READINGS = st.builds(Reading, count_day_one=st.booleans(), unconfirmed_rules=st.booleans())
often = settings(max_examples=150)


def roots(history):
    """Return, for each entry's number, the number of the entry it stands in the place of."""
    first = {}
    for entry in sorted(history, key=lambda e: e.seq):
        first[entry.seq] = entry.seq if entry.corrects is None else first[entry.corrects]
    return first


class TestKnowledge:
    @often
    @given(history=histories() | exceptional(), on=DAYS, reading=READINGS)
    def test_what_was_known_on_a_day_is_what_had_been_recorded_by_then(self, history, on, reading):
        recorded = [entry for entry in history if entry.recorded_on <= on]
        assert replay(history, on=on, reading=reading) == replay(recorded, on=on, reading=reading)

    @often
    @given(history=histories(), on=DAYS)
    def test_nothing_that_had_not_yet_happened_was_known(self, history, on):
        happened = [e for e in history if e.corrects is not None or e.occurred_on <= on]
        uncorrected = [e for e in history if e.seq not in {c.corrects for c in history}]
        if len(uncorrected) == len(history):
            assert replay(history, on=on) == replay(happened, on=on)
        standing = replay(history, on=on)
        assert all(m.done_on is None or m.done_on <= on for m in standing.milestones)
        assert standing.stage_since is None or standing.stage_since <= on

    @often
    @given(data=st.data(), history=histories())
    def test_a_correction_recorded_later_never_changes_what_was_known_before_it(self, data, history):
        correction = data.draw(corrections(history))
        before = correction.recorded_on - timedelta(days=data.draw(st.integers(1, 200)))
        assert replay([*history, correction], on=before) == replay(history, on=before)

    @often
    @given(data=st.data(), history=histories())
    def test_withdrawing_an_entry_is_the_same_as_never_having_had_it(self, data, history):
        wrong = data.draw(st.sampled_from(history))
        withdrawn = Entry(
            len(history) + 1, H.ENTRY_WITHDRAWN, wrong.occurred_on, history[-1].recorded_on, corrects=wrong.seq
        )
        first = roots(history)
        never = [entry for entry in history if first[entry.seq] != first[wrong.seq]]
        on = history[-1].recorded_on + timedelta(days=data.draw(st.integers(0, 300)))
        assert replay([*history, withdrawn], on=on) == replay(never, on=on)

    @often
    @given(data=st.data(), history=walks())
    def test_correcting_an_entry_is_the_same_as_having_had_it_right(self, data, history):
        wrong = data.draw(st.sampled_from(history))
        recorded_on = history[-1].recorded_on
        occurred_on = min(recorded_on, wrong.occurred_on + timedelta(days=data.draw(st.integers(0, 20))))
        right = replace(wrong, occurred_on=occurred_on, recorded_on=recorded_on)
        correction = replace(right, seq=len(history) + 1, corrects=wrong.seq)
        on = recorded_on + timedelta(days=data.draw(st.integers(0, 300)))
        had = [right if entry is wrong else entry for entry in history]
        assert replay([*history, correction], on=on) == replay(had, on=on)


class TestOrder:
    @often
    @given(history=histories() | exceptional(), on=DAYS, seed=st.integers(0, 1000))
    def test_the_order_of_the_list_makes_no_difference(self, history, on, seed):
        shuffled = random.Random(seed).sample(history, len(history))
        assert replay(shuffled, on=on) == replay(history, on=on)

    @often
    @given(history=histories(), on=DAYS, reading=READINGS)
    def test_asking_twice_gives_the_same_answer_and_changes_nothing(self, history, on, reading):
        kept = list(history)
        assert replay(history, on=on, reading=reading) == replay(iter(history), on=on, reading=reading)
        assert history == kept


class TestObjections:
    @often
    @given(history=histories() | exceptional(), on=DAYS, reading=READINGS)
    def test_an_unlawful_entry_changes_nothing_else(self, history, on, reading):
        standing = replay(history, on=on, reading=reading)
        refused = {objection.seq for objection in standing.objections}
        first = roots(history)
        lawful = [entry for entry in history if first[entry.seq] not in refused]
        assert replay(lawful, on=on, reading=reading) == replace(standing, objections=())

    @often
    @given(history=histories(), on=DAYS)
    def test_an_objection_names_an_entry_that_was_known_and_gives_its_reason(self, history, on):
        known = {entry.seq for entry in history if entry.recorded_on <= on}
        objections = replay(history, on=on).objections
        assert {objection.seq for objection in objections} <= known
        assert len({objection.seq for objection in objections}) == len(objections)
        assert all(objection.rule for objection in objections)


class TestMilestones:
    @often
    @given(history=histories(), on=DAYS, reading=READINGS)
    def test_each_stands_as_its_days_say(self, history, on, reading):
        for m in replay(history, on=on, reading=reading).milestones:
            closed_on = m.done_on or min(on, m.lapsed_on or on)
            if closed_on <= m.due_on:
                assert m.standing is (Standing.MET if m.done_on else Standing.PENDING)
            elif m.excused_by:
                assert m.standing is Standing.EXCUSED
            else:
                assert m.standing is (Standing.MET_LATE if m.done_on else Standing.OVERDUE)

    @often
    @given(history=histories(), on=DAYS)
    def test_they_are_listed_by_episode_and_then_by_due_day(self, history, on):
        listed = [(m.episode, m.due_on) for m in replay(history, on=on).milestones]
        assert listed == sorted(listed)

    @often
    @given(history=histories(), on=DAYS)
    def test_each_belongs_to_an_episode_and_is_one_of_its_kind(self, history, on):
        standing = replay(history, on=on)
        assert {m.episode for m in standing.milestones} <= {e.number for e in standing.episodes}
        single = [
            (m.episode, m.duty) for m in standing.milestones if m.duty not in (Duty.RECEIVE_ADVICE, Duty.SETTING_REPLY)
        ]
        assert len(set(single)) == len(single)

    @often
    @given(history=histories() | exceptional(), on=DAYS)
    def test_exceptions_excuse_and_never_move_a_date(self, history, on):
        exceptions = {H.EXCEPTION_RECORDED, H.EXCEPTION_ENDED}
        first = roots(history)
        about = {first[entry.seq] for entry in history if entry.happening in exceptions}
        without = [entry for entry in history if first[entry.seq] not in about]
        plain, excused = replay(without, on=on), replay(history, on=on)
        assert [(m.duty, m.due_on, m.done_on) for m in plain.milestones] == [
            (m.duty, m.due_on, m.done_on) for m in excused.milestones
        ]
        assert (plain.day, plain.week, plain.stage) == (excused.day, excused.week, excused.stage)

    @often
    @given(history=histories(), on=DAYS)
    def test_nothing_is_open_in_a_case_that_has_ended(self, history, on):
        standing = replay(history, on=on)
        assert standing.is_open is (standing.stage in OPEN_STAGES)
        if not standing.is_open:
            assert list(standing.open_milestones()) == []
            assert standing.next_due() is None

    @often
    @given(history=histories(), on=DAYS)
    def test_leaving_out_unconfirmed_rows_takes_away_and_never_adds(self, history, on):
        everything = replay(history, on=on, reading=ORDINARY_READING)
        sure = replay(history, on=on, reading=Reading(unconfirmed_rules=False))
        assert {(m.episode, m.duty) for m in sure.milestones} <= {(m.episode, m.duty) for m in everything.milestones}
        assert all(m.mark.value != "M" for m in sure.milestones)
        assert sure.stage is everything.stage

    @often
    @given(received_on=st.dates(date(2014, 9, 1), date(2100, 1, 1)), on=st.integers(0, 400), reading=READINGS)
    def test_the_limits_of_a_request_fall_due_in_the_order_of_the_law(self, received_on, on, reading):
        entry = Entry(1, H.REQUEST_RECEIVED, received_on, received_on)
        standing = replay([entry], on=received_on + timedelta(days=on), reading=reading)
        due = {m.duty: m.due_on for m in standing.milestones}
        assert (
            received_on
            < due[Duty.DECIDE_WHETHER_TO_ASSESS]
            < due[Duty.GATHER_ADVICE]
            < due[Duty.NOTIFY_NO_PLAN]
            == due[Duty.SEND_DRAFT_PLAN]
            < due[Duty.ISSUE_FINAL_PLAN]
        )


@given(histories())
@settings(max_examples=30)
def test_the_stories_are_told_after_they_begin(history):
    assert all(BEGIN <= entry.occurred_on <= LAST for entry in history)
    assert [entry.seq for entry in history] == list(range(1, len(history) + 1))
