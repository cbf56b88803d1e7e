"""What a digest tells: exactly what changed since the last, of its reader's cases, in the levels they want."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from casetracker.extensions import db
from casetracker.models import (
    WORST_FIRST,
    Alert,
    AlertAction,
    AlertLevel,
    Case,
    Digest,
    DigestAlert,
    Mail,
    Remedy,
    User,
)
from casetracker.queries import holding
from casetracker.queries.cover import acting_for
from casetracker.roles import Role
from casetracker.services import alerts, digest_choices
from casetracker.services.cover import arrange
from casetracker.statute.timetable import Duty
from tests import factories
from tests.conftest import NOW
from tests.integration.digests.people import mails, reader, team, tick

pytestmark = pytest.mark.usefixtures("session")
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 6, 1) + timedelta(days=n) for n in range(3))
LONG_AGO = date(2026, 3, 2)
WORST, MILDEST = WORST_FIRST[0], WORST_FIRST[-1]


def held(reference: str, worker: User | None = None, **more: object) -> Case:
    """Make a case that somebody holds."""
    made = factories.case(received_on=date(2026, 1, 5), worker=worker, reference=reference)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def alert(case: Case, *, level: AlertLevel = WORST, raised_on: date = LONG_AGO, **more: object) -> Alert:
    """Raise an alert as a sweep would have."""
    made = Alert(
        case_id=case.id,
        milestone_key="1:issue_final_plan",
        duty=Duty.ISSUE_FINAL_PLAN,
        level=level,
        due_on=date(2026, 5, 25),
        raised_on=raised_on,
        at_stake="1:issue_final_plan",
        code="limit_missed",
        remedy=Remedy.OTHER,
        waits_since=raised_on,
        **more,
    )
    db.session.add(made)
    db.session.commit()
    return made


def close(of: Alert, because: str = "done_late", on: date = MONDAY) -> None:
    of.closed_on, of.closed_because = on, because
    db.session.commit()


def acknowledge(of: Alert, *, by: User, owner: User | None = None, due_on: date) -> None:
    alerts.acknowledge(
        alert_ids=[of.id],
        action_code=AlertAction.DRAFT,
        words="See to it",
        owner_id=(owner or by).id,
        due_on=due_on,
        by=by,
        today=MONDAY,
        at=NOW,
    )
    db.session.commit()


def parts(mail: Mail) -> dict[str, list[str]]:
    """Return the references under each heading of a digest."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in mail.body.splitlines():
        if line.startswith("- "):
            found.setdefault(heading, []).append(line.removeprefix("- ").split()[0])
        elif line and not line.startswith(" "):
            heading = line.partition(" (")[0].partition(":")[0]
    return found


def digest(traveller, day: date, email: str = "wilma@example.gov.uk") -> dict[str, list[str]]:
    """Run the morning's tick, and return what somebody's digest of the day tells."""
    tick(traveller, day)
    return parts(mails()[email][-1])


class TestWhatChanged:
    def test_the_first_tells_as_new_only_what_is(self, on_the_day):
        worker = reader()
        alert(held("OLD", worker), raised_on=date(2026, 5, 28))
        alert(held("WEEKEND", worker), raised_on=date(2026, 5, 30))  # a Saturday: the last working day was the 29th
        told = digest(on_the_day, MONDAY)
        assert told["New"] == ["WEEKEND"] and "Now with you" not in told
        assert "2 to act on" in mails()[worker.email][0].body

    def test_each_change_is_told_once(self, on_the_day):
        worker = reader()
        alert(held("A", worker), raised_on=MONDAY)
        assert digest(on_the_day, MONDAY)["New"] == ["A"]
        assert "New" not in digest(on_the_day, TUESDAY)
        assert "Nothing has changed since your last digest." in mails()[worker.email][-1].body

    def test_what_came_after_the_last_one_on_its_own_day_is_not_lost(self, on_the_day):
        worker = reader()
        digest(on_the_day, MONDAY)
        alert(held("LATER", worker), raised_on=MONDAY)
        assert digest(on_the_day, TUESDAY)["New"] == ["LATER"]

    def test_a_milestone_that_got_worse_is_told_so_and_not_as_closed(self, on_the_day):
        worker = reader()
        case = held("A", worker)
        milder = alert(case, level=MILDEST)
        digest(on_the_day, MONDAY)
        close(milder, "became_breach", TUESDAY)
        alert(case, level=WORST, raised_on=TUESDAY)
        told = digest(on_the_day, TUESDAY)
        assert told["Worse than before"] == ["A"]
        assert "New" not in told and "Closed by themselves" not in told

    @pytest.mark.parametrize(
        ("because", "words"),
        [("done", "done in time"), ("case_ended", "the case ended"), ("something_new", "something new")],
    )
    def test_what_closed_by_itself_is_told_with_the_reason_once(self, on_the_day, because, words):
        worker = reader()
        gone = alert(held("A", worker))
        digest(on_the_day, MONDAY)
        close(gone, because)
        assert digest(on_the_day, TUESDAY)["Closed by themselves"] == ["A"]
        assert f"A (A.O.) Final plan issued: {words}." in mails()[worker.email][-1].body
        assert "Closed by themselves" not in digest(on_the_day, WEDNESDAY)
        assert db.session.scalars(select(DigestAlert)).all() == []

    def test_one_raised_and_closed_between_two_digests_is_not_told(self, on_the_day):
        worker = reader()
        digest(on_the_day, MONDAY)
        close(alert(held("A", worker), raised_on=MONDAY))
        assert digest(on_the_day, TUESDAY) == digest(on_the_day, MONDAY)

    def test_one_in_hand_comes_back_when_the_promised_day_has_passed(self, on_the_day):
        worker = reader()
        known = alert(held("A", worker))
        acknowledge(known, by=worker, due_on=TUESDAY)
        digest(on_the_day, MONDAY)
        assert "0 to act on, and 1 that somebody is acting on" in mails()[worker.email][-1].body
        assert "Back" not in digest(on_the_day, TUESDAY)
        assert digest(on_the_day, WEDNESDAY)["Back"] == ["A"]
        assert "1 to act on" in mails()[worker.email][-1].body

    def test_one_that_was_snoozed_is_back_on_the_day_it_was_snoozed_to(self, on_the_day):
        worker = reader()
        known = alert(held("A", worker))
        alerts.snooze(alert_ids=[known.id], until=TUESDAY, reason="Away", by=worker, today=MONDAY, at=NOW)
        db.session.commit()
        digest(on_the_day, MONDAY)
        assert digest(on_the_day, TUESDAY)["Back"] == ["A"]

    def test_a_case_that_is_handed_over_is_now_the_others(self, on_the_day):
        worker, other = reader(), reader("other@example.gov.uk")
        case = held("A", worker)
        alert(case)
        digest(on_the_day, MONDAY)
        case.named_worker_id = other.id
        db.session.commit()
        assert digest(on_the_day, TUESDAY, other.email)["Now with you"] == ["A"]
        assert parts(mails()[worker.email][-1]) == {}
        assert db.session.scalars(select(DigestAlert.user_id)).all() == [other.id]


class TestWhoseItIs:
    def test_a_worker_has_their_own_and_a_manager_their_teams(self, on_the_day):
        north, south = team("North"), team("South")
        worker = reader(team_id=north.id)
        reader("morag@example.gov.uk", Role.MANAGER, team_id=north.id)
        alert(held("N-1", worker, team_id=north.id), raised_on=MONDAY)
        alert(held("N-2", team_id=north.id), raised_on=MONDAY)
        alert(held("S-1", team_id=south.id), raised_on=MONDAY)
        assert digest(on_the_day, MONDAY)["New"] == ["N-1"]
        morags = mails()["morag@example.gov.uk"][-1]
        assert parts(morags)["New"] == ["N-1", "N-2"]
        assert "With Wilma." in morags.body and "With nobody." in morags.body

    def test_a_manager_of_no_team_has_every_case(self, on_the_day):
        reader("morag@example.gov.uk", Role.MANAGER)
        alert(held("A"), raised_on=MONDAY)
        alert(held("B", team_id=team().id), raised_on=MONDAY)
        assert digest(on_the_day, MONDAY, "morag@example.gov.uk")["New"] == ["A", "B"]

    def test_whoever_promised_to_act_has_it_too(self, on_the_day):
        holder, worker = reader("holder@example.gov.uk"), reader()
        known = alert(held("A", holder), raised_on=MONDAY)
        acknowledge(known, by=holder, owner=worker, due_on=WEDNESDAY)
        told = digest(on_the_day, MONDAY)
        assert told["New"] == ["A"]
        assert "Wed 3 June: A (A.O.) what you promised about “Final plan issued”" in mails()[worker.email][-1].body

    @pytest.mark.parametrize(
        "who",
        [
            {"active": False},
            {"password_hash": None},
            {"role": Role.DATA_OFFICER},
            {"role": Role.ADMINISTRATOR},
        ],
        ids=["stopped", "known from a file", "data officer", "administrator"],
    )
    def test_who_cannot_sign_in_or_see_alerts_gets_none(self, on_the_day, who):
        worker = reader()
        alert(held("A", worker))
        for name, value in who.items():
            setattr(worker, name, value)
        db.session.commit()
        assert tick(on_the_day, MONDAY) == []
        assert db.session.scalars(select(Digest)).all() == []

    def test_what_is_escalated_to_somebody_is_theirs_and_told_once(self, on_the_day):
        north = team()
        morag = reader("morag@example.gov.uk", Role.MANAGER, team_id=north.id)
        head = reader("head@example.gov.uk", Role.MANAGER, team_id=team("South").id)
        known = alert(held("A", team_id=north.id))
        assert "Escalated to you" not in digest(on_the_day, MONDAY, head.email)
        alerts.escalate(alert_ids=[known.id], to_id=head.id, why="Stuck", by=morag, today=MONDAY, at=NOW)
        db.session.commit()
        assert digest(on_the_day, TUESDAY, head.email)["Escalated to you"] == ["A"]
        assert "Escalated to you" not in parts(mails()["morag@example.gov.uk"][-1])
        assert "Escalated to you" not in digest(on_the_day, WEDNESDAY, head.email)
        assert "1 to act on" in mails()[head.email][-1].body


class TestCover:
    def test_whoever_covers_gets_the_others_too_marked_and_as_long_as_it_lasts(self, on_the_day):
        worker, absent = reader(), reader("colin@example.gov.uk")
        alert(held("MINE", worker), raised_on=MONDAY)
        alert(held("OLD", absent))
        cover(absent, worker, MONDAY, TUESDAY)
        assert digest(on_the_day, MONDAY)["New"] == ["MINE"]  # what stood before is counted, not told as new
        body = mails()[worker.email][-1].body
        assert "What stands (you cover Colin)\n- Breached: 1 to act on" in body
        alert(held("THEIRS", absent), raised_on=TUESDAY)
        assert digest(on_the_day, TUESDAY)["New"] == ["THEIRS"]
        assert "With Colin. (you cover Colin)" in mails()[worker.email][-1].body
        digest(on_the_day, WEDNESDAY)
        assert "you cover" not in mails()[worker.email][-1].body
        assert "2 to act on" in mails()[absent.email][-1].body

    def test_a_managers_cover_has_the_team(self, on_the_day):
        north, south = team("North"), team("South")
        here = reader("here@example.gov.uk", Role.MANAGER, team_id=north.id)
        away = reader("away@example.gov.uk", Role.MANAGER, team_id=south.id)
        cover(away, here, MONDAY, MONDAY)
        alert(held("S-1", team_id=south.id), raised_on=MONDAY)
        assert digest(on_the_day, MONDAY, here.email)["New"] == ["S-1"]

    def test_the_pairs_are_what_acting_for_says(self, on_the_day):
        people = [reader(f"p{number}@example.gov.uk") for number in range(5)]
        for absent, by in ((0, 1), (1, 2), (2, 0), (3, 1)):  # a ring, and one more
            cover(people[absent], people[by], MONDAY, TUESDAY)
        cover(people[4], people[0], WEDNESDAY, WEDNESDAY)
        found = db.session.execute(select(holding.pairs([one.id for one in people], on=MONDAY))).all()
        assert len(found) == len(set(found))
        for one in people:
            assert {for_id for user_id, for_id in found if user_id == one.id} == acting_for(one.id, MONDAY)


def cover(absent: User, by: User, starts_on: date, ends_on: date) -> None:
    """Arrange a stand-in."""
    arrange(user_id=absent.id, covered_by_id=by.id, starts_on=starts_on, ends_on=ends_on, reason="Leave", by=by, at=NOW)
    db.session.commit()


class TestTheWeekAhead:
    def test_what_falls_due_in_the_next_seven_days_is_told_soonest_first(self, on_the_day):
        worker = reader()
        for reference, received_on in (
            ("LATE", date(2026, 4, 28)),
            ("SOON", date(2026, 4, 21)),
            ("FAR", date(2026, 5, 4)),
        ):
            case = factories.case(received_on=received_on, worker=worker, reference=reference, today=MONDAY)
            assert case.next_due_on == received_on + timedelta(weeks=6)
        db.session.commit()
        told = digest(on_the_day, MONDAY)
        assert told["Due in the next 7 days"] == ["Tue"]
        assert "Tue 2 June: SOON (A.O.) Tell the family whether we will assess" in mails()[worker.email][-1].body
        digest(on_the_day, TUESDAY)
        lines = [line for line in mails()[worker.email][-1].body.splitlines() if " June: " in line]
        assert [line.split()[4] for line in lines] == ["SOON", "LATE"]


class TestChoices:
    def test_only_the_levels_wanted_are_told_and_a_wider_choice_brings_no_flood(self, on_the_day):
        worker = reader()
        digest_choices.choose(by=worker, daily=True, hour=8, lowest=WORST, when_nothing_is_new=True)
        alert(held("WORST", worker), raised_on=MONDAY)
        alert(held("MILD", worker), level=MILDEST, raised_on=MONDAY)
        assert digest(on_the_day, MONDAY)["New"] == ["WORST"]
        assert mails()[worker.email][-1].subject == "Your cases today: changed 1, standing 1"
        digest_choices.choose(by=worker, daily=True, hour=8, lowest=None, when_nothing_is_new=True)
        db.session.commit()
        assert "New" not in digest(on_the_day, TUESDAY)
        assert mails()[worker.email][-1].subject == "Your cases today: changed 0, standing 2"

    def test_no_mail_where_nothing_is_new_and_none_is_wanted_then(self, on_the_day):
        worker = reader()
        digest_choices.choose(by=worker, daily=True, hour=8, lowest=None, when_nothing_is_new=False)
        alert(held("OLD", worker))
        (made,) = tick(on_the_day, MONDAY)
        assert made.subject == "" and mails() == {}
        assert tick(on_the_day, MONDAY, 8) == []
        alert(held("A", worker), raised_on=TUESDAY)
        assert digest(on_the_day, TUESDAY)["New"] == ["A"]

    def test_none_at_all(self, on_the_day):
        worker = reader()
        digest_choices.choose(by=worker, daily=False, hour=8, lowest=None, when_nothing_is_new=True)
        db.session.commit()
        assert tick(on_the_day, MONDAY) == []

    def test_an_hour_of_the_afternoon_cannot_be_chosen(self):
        with pytest.raises(ValueError, match="13 is not an hour from 6 to 11"):
            digest_choices.choose(by=reader(), daily=True, hour=13, lowest=None, when_nothing_is_new=True)


def test_many_alerts_and_many_readers_cost_no_more_questions(on_the_day, queries_of):
    """Past what each mail costs by itself."""

    def asked(readers: int, alerts: int, day: date) -> int:
        for number in range(readers):
            worker = reader(f"w{day:%d}-{number}@example.gov.uk")
            for each in range(alerts):
                alert(held(f"{day:%d}-{number}-{each}", worker), raised_on=day)
        db.session.execute(update(User).where(~User.email.startswith(f"w{day:%d}")).values(active=False))
        db.session.commit()
        with queries_of() as statements:
            assert len(tick(on_the_day, day)) == readers
        return len(statements)

    one, of_many_alerts, of_many_readers = asked(1, 1, MONDAY), asked(1, 25, TUESDAY), asked(8, 3, WEDNESDAY)
    assert of_many_alerts == one
    of_a_mail = (of_many_readers - one) / 7
    assert of_a_mail <= 4 and one <= 20
