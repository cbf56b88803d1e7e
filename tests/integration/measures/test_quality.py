"""Each fault is found, once, in whoever's cases; the counts of each night are kept; a score tells of the whole."""

from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import select

from casetracker import jobs
from casetracker.extensions import db
from casetracker.identifiers import UPN_LETTERS, problem_with_upn, upn_check_letter
from casetracker.measures.faults import FAULTS, score
from casetracker.models import Case, Person, Placement, PlacementPart, Setting, Team
from casetracker.queries.measures import quality
from casetracker.queries.measures.quality import Wanted
from casetracker.sen2.book import shipped
from casetracker.sen2.modules import Module
from casetracker.sen2.records import made
from casetracker.sen2.rules import Checker
from casetracker.services import people
from casetracker.services.measures import quality as keeping
from casetracker.services.people import PersonDetails
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY

RECEIVED = date(2026, 1, 5)


def upn(number: int) -> str:
    """Return a well-made UPN."""
    return f"{upn_check_letter(f'{number:012d}')}{number:012d}"


def good_child(number: int = 1, **more: object):
    details = {
        "sex": "F", "ethnicity": "WBRI", "upn": upn(number), "postcode": "OX1 1ND", "surname": f"Surname{number}",
        **more,
    }  # fmt: skip
    return factories.person(**details)


@pytest.fixture
def settings(session):
    with_urn, without = Setting(urn="100001", name="Hill School"), Setting(urn=None, name="Dale School")
    team = Team(name="North")
    db.session.add_all([with_urn, without, team])
    db.session.flush()
    return with_urn, without, team


def good_case(settings, user, number: int = 1, *, child=None, **more: object) -> Case:
    made = factories.case(child=child or good_child(number), received_on=RECEIVED, reference=f"Q-{number}", **more)
    made.setting_id, made.team_id = settings[0].id, settings[2].id
    made.primary_need, made.request_source, made.named_worker_id = "ASD", "1", user.id
    db.session.add(Placement(case_id=made.id, part=PlacementPart.NAMED, rank="1", urn="100001"))
    db.session.flush()
    return made


def found(today: date = TODAY) -> dict[str, int]:
    return {key: number for key, number in quality.counted.__wrapped__(today=today).all.by_fault.items() if number}


def test_a_case_with_everything_has_no_fault(settings, user):
    good_case(settings, user())
    assert found() == {}
    counted = quality.counted.__wrapped__(today=TODAY).all
    assert (counted.of, counted.faulty, counted.score) == (1, 0, Decimal("100.0"))


CHILDREN = {
    "no_birth_date": {"born_on": None},
    "no_sex": {"sex": "U"},
    "no_ethnicity": {"ethnicity": ""},
    "no_identifier": {"upn": None},
    "odd_upn": {"upn": "A123"},
    "no_postcode": {"postcode": ""},
    "over_25": {"born_on": date(2000, 1, 4)},
}


@pytest.mark.parametrize("fault", CHILDREN)
def test_each_fault_of_a_child_is_found_and_no_other(settings, user, fault):
    good_case(settings, user(), child=good_child(**CHILDREN[fault]))
    assert found() == {fault: 1}


def test_a_recorded_reason_mends_the_lack_of_a_number_as_it_does_in_the_return(settings, user):
    good_case(settings, user(), child=good_child(upn=None, upn_unknown="UN1"))
    good_case(settings, user(), 2, child=good_child(2, upn=None, uln="1000000019"))
    assert found() == {}


@pytest.mark.parametrize("odd", ["A801200001001", "H80120000100I", "H8012000010"], ids=["letter", "last", "short"])
def test_a_upn_is_odd_here_where_it_is_in_the_return(settings, user, odd):
    good_case(settings, user(), child=good_child(upn="H801200001001"))
    case = good_case(settings, user(), 2, child=good_child(2, upn=odd))
    assert found() == {"odd_upn": 1}
    assert [one.case_id for one in quality.cases(Wanted("odd_upn"), today=TODAY)] == [case.id]
    with closing(Checker(shipped(), shipped().version(2026))) as checker:
        person = made(Module.PERSON, {"upn": odd})
        assert "CT208" in {issue.rule for issue in checker.person(person)}


def test_a_child_born_after_the_request(settings, user):
    case = good_case(settings, user())
    db.session.get_one(factories.Person, case.person_id).born_on = date(2026, 2, 1)
    db.session.flush()
    assert found() == {"born_after_request": 1}


@pytest.mark.parametrize(
    ("fault", "column", "value"),
    [
        ("no_need", "primary_need", ""),
        ("no_source", "request_source", ""),
        ("no_setting", "setting_id", None),
        ("no_worker", "named_worker_id", None),
    ],
)
def test_each_fault_of_a_case_is_found_and_no_other(settings, user, fault, column, value):
    setattr(good_case(settings, user()), column, value)
    db.session.flush()
    assert found() == {fault: 1}


def test_a_setting_without_its_number(settings, user):
    good_case(settings, user()).setting_id = settings[1].id
    db.session.flush()
    assert found() == {"setting_without_urn": 1}


def test_two_children_with_one_number_and_one_child_with_two_cases(settings, user):
    who = user()
    good_case(settings, who, 1)
    good_case(settings, who, 2, child=good_child(2, upn=upn(1)))
    good_case(settings, who, 3, child=good_child(3))
    third = db.session.get_one(Case, good_case(settings, who, 4, child=good_child(4)).id)
    third.person_id = good_case(settings, who, 5, child=good_child(5)).person_id
    db.session.flush()
    assert found() == {"shared_upn": 2, "two_open_cases": 2}


def test_an_exception_that_names_a_rule_and_not_its_circumstance(settings, user):
    good_case(settings, user(), steps=[(H.EXCEPTION_RECORDED, date(2026, 2, 2), {"paragraph": "13(3)"})])
    good_case(settings, user(), 2, steps=[(H.EXCEPTION_RECORDED, date(2026, 2, 2), {"paragraph": "13(3)(c)"})])
    assert found() == {"exception_without_ground": 1}


def test_a_plan_within_weeks_and_one_whose_request_is_not_known(settings, user):
    quick = good_case(settings, user(), steps=factories.lifetime(RECEIVED))
    quick.days_to_plan = 20
    unknown = good_case(settings, user(), 2, steps=factories.lifetime(RECEIVED))
    unknown.received_on = unknown.days_to_plan = None
    db.session.flush()
    assert found() == {"plan_too_soon": 1, "no_receipt": 1}


@pytest.mark.parametrize("part", [None, PlacementPart.ATTENDED])
def test_a_plan_that_names_no_placement_wherever_the_child_is(settings, user, part):
    case = good_case(settings, user(), steps=factories.lifetime(RECEIVED))
    placement = db.session.scalars(select(Placement).where(Placement.case_id == case.id)).one()
    if part is None:
        db.session.delete(placement)
    else:
        placement.part = part
    db.session.flush()
    assert found() == {"plan_without_placement": 1}


def test_a_case_open_too_long_and_one_with_no_clock(settings, user):
    old, clockless = good_case(settings, user()), good_case(settings, user(), 2)
    old.clock_started_on = TODAY - timedelta(days=731)
    clockless.clock_started_on = None
    db.session.flush()
    assert found() == {"open_two_years": 1, "no_clock": 1}


def test_what_ended_before_last_year_is_not_looked_at(settings, user):
    case = good_case(settings, user(), child=good_child(ethnicity=""), steps=factories.lifetime(RECEIVED))
    assert found() == {"no_ethnicity": 1}
    case.ended_on = date(2024, 12, 31)
    db.session.flush()
    assert found() == {}


@pytest.mark.usefixtures("session")
def test_every_fault_is_looked_for():
    assert set(quality._conditions(TODAY)) == {fault.key for fault in FAULTS}


def test_workers_and_teams_add_up_to_the_whole_and_each_number_opens_its_cases(settings, user):
    first, second = user(name="Ann"), user(name="Bea")
    for number, who in enumerate((first, first, second), start=1):
        good_case(settings, who, number, child=good_child(number, ethnicity="")).team_id = (
            None if number == 3 else settings[2].id
        )
    nobody = good_case(settings, second, 4)
    nobody.named_worker_id = None
    db.session.flush()
    counted = quality.counted.__wrapped__(today=TODAY)
    assert [(one.name, one.counted.faulty) for one in counted.workers] == [("Ann", 2), ("Bea", 1), ("Nobody", 1)]
    assert {one.name: one.counted.of for one in counted.teams} == {"North": 3, "No team": 1}
    for holders, word in ((counted.workers, "worker_id"), (counted.teams, "team_id")):
        for holder in holders:
            for fault, number in holder.counted.by_fault.items():
                wanted = Wanted(fault, **{word: holder.id})
                assert (
                    quality.number(wanted, today=TODAY) == number == len(quality.cases(wanted, today=TODAY, page=None))
                )


def test_the_night_keeps_its_counts_once_however_often_it_runs(settings, user, on_the_day):
    good_case(settings, user(), child=good_child(ethnicity=""))
    db.session.commit()
    jobs.data_quality(on=TODAY)
    jobs.data_quality(on=TODAY)
    assert quality.kept(since=TODAY) == [(TODAY, 1, 1)]
    assert quality.kept(since=TODAY, fault="no_ethnicity") == [(TODAY, 1, 1)]
    assert quality.kept(since=TODAY, fault="no_sex") == [(TODAY, 0, 1)]
    assert keeping.keep(on=TODAY - timedelta(days=1)) == len(FAULTS) + 1
    assert [on for on, _, _ in quality.kept(since=TODAY - timedelta(days=9))] == [TODAY - timedelta(days=1), TODAY]


@pytest.mark.parametrize(
    ("faulty", "of", "expected"), [(0, 3, "100.0"), (1, 2000, "99.9"), (1, 3, "66.6"), (3, 3, "0.0")]
)
def test_the_score_is_never_the_whole_while_there_is_a_fault(faulty, of, expected):
    assert score(faulty, of) == Decimal(expected)
    assert score(0, 0) is None


WELL_MADE = st.integers(0, 10**12 - 1).map(upn)
NEARLY = st.tuples(WELL_MADE, st.integers(0, 12), st.sampled_from("AIOSZ09 x")).map(
    lambda made: f"{made[0][: made[1]]}{made[2]}{made[0][made[1] + 1 :]}"
)
TEMPORARY = st.tuples(st.integers(0, 10**11 - 1), st.sampled_from(UPN_LETTERS)).map(
    lambda made: f"{upn_check_letter(f'{made[0]:011d}{made[1]}')}{made[0]:011d}{made[1]}"
)
AS_WRITTEN = st.one_of(WELL_MADE, NEARLY, TEMPORARY, WELL_MADE.map(str.lower), st.text("A0 ", max_size=13))


@hypothesis.settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(AS_WRITTEN, min_size=1, max_size=20))
def test_a_upn_is_odd_where_its_check_fails_however_it_came_to_be_written(session, user, written):
    by = user()
    added = people.add_all([PersonDetails("Ada", "Byron", None, upn=text) for text in written], at=NOW)
    changed = [factories.case(received_on=RECEIVED, today=TODAY, child=factories.person(upn=None)) for _ in written[:2]]
    for case, text in zip(changed, written, strict=False):
        details = PersonDetails("Ada", "Byron", None, upn=text)
        people.change_details(case_id=case.id, details=details, by=by, today=TODAY, at=NOW)
    everybody = [*added, *(case.person_id for case in changed)]
    kept = dict(db.session.execute(select(Person.id, Person.upn_is_odd).where(Person.id.in_(everybody))).all())
    as_checked = [bool(text and problem_with_upn(text)) for text in (*written, *written[:2])]
    assert [kept[one] for one in everybody] == as_checked
    db.session.rollback()
