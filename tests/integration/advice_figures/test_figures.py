"""Advice counted by service and kind: the same by SQL as by hand, and each number opens its own list."""

import random
import re
from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Advice
from casetracker.queries import advice_timeliness as queries
from casetracker.queries.advice_timeliness import MEASURES, Wanted
from casetracker.services import histories, tallies
from casetracker.statute.advice import AdviceKind
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import TODAY

WANTED = Wanted(date(2025, 7, 1), date(2026, 6, 30))


@pytest.fixture
def county(session):
    """Forty pieces of advice with lives of every kind."""
    rng = random.Random(7)
    services = [factories.service(name=f"Service {n}") for n in range(3)]
    for number in range(20):
        agreed = date(2025, 9, 1) + timedelta(days=rng.randrange(240))
        case = factories.case(received_on=agreed - timedelta(days=30), child=factories.person(surname=f"C{number}"),
                              steps=[(H.ASSESSMENT_AGREED, agreed)])  # fmt: skip
        for kind in (AdviceKind.MEDICAL, AdviceKind.PSYCHOLOGICAL):
            advice = factories.advice(case, kind=kind, service=rng.choice([*services, None]), asked_on=agreed)
            live(rng, case.id, advice)
    db.session.commit()
    return services


def live(rng, case_id: int, advice: Advice) -> None:
    about = {"advice_kind": advice.kind.value, "advice_ref": advice.key}
    day = advice.asked_on + timedelta(days=rng.randrange(10, 70))
    ends = [
        [H.ADVICE_RECEIVED],
        [H.ADVICE_RECEIVED, H.ADVICE_ACCEPTED],
        [H.ADVICE_RECEIVED, H.ADVICE_RETURNED, H.ADVICE_RECEIVED, H.ADVICE_RETURNED],
        [H.ADVICE_RECEIVED, H.ADVICE_TAKEN_BACK],
        [H.ADVICE_NOT_KNOWN_TO_SERVICE],
        [H.ADVICE_NOT_NEEDED],
        [],
    ]
    for happening in rng.choice(ends):
        if day > TODAY:
            return
        detail = {**about, "reason": "asked_by_mistake"}
        histories.append(case_id=case_id, entries=[factories.entry((happening, day, detail))], today=TODAY)
        day += timedelta(days=rng.randrange(1, 9))


def by_hand(advice: Advice) -> set[str]:
    found = {"asked"}
    first, due = advice.first_received_on, advice.due_on
    if first:
        found.add("in_time" if first <= due else "late")
    elif advice.not_known_on:
        found.add("not_known")
    else:
        found.add("missing" if due < TODAY else "running")
    if advice.times_returned:
        found.add("returned")
    return found


def test_sql_counts_what_counting_by_hand_does(county):
    rows = [a for a in db.session.scalars(select(Advice)) if not a.not_needed_on]
    table = queries.table(WANTED, today=TODAY)
    for measure in MEASURES:
        assert table.all.counts[measure.key] == sum(measure.key in by_hand(a) for a in rows), measure.key
    for line in table.services:
        mine = [a for a in rows if (a.service_id or 0) == line.key]
        assert line.figures.counts["asked"] == len(mine)
        waits = sorted((a.first_received_on - a.runs_from).days for a in mine if a.first_received_on)
        assert sorted(line.figures.to_receive.elements()) == waits
        accepted = sorted((a.accepted_on - a.first_received_on).days for a in mine if a.accepted_on)
        assert sorted(line.figures.to_accept.elements()) == accepted
    assert table.all.days_lost == sum(a.days_lost for a in rows)
    assert {month: f.counts["asked"] for month, f in table.months} == {
        month: sum(f"{a.asked_on:%Y-%m}" == month for a in rows) for month in {f"{a.asked_on:%Y-%m}" for a in rows}
    }


def test_an_exception_is_shown_apart_and_counted_both_ways_reg_8_2(county):
    late = next(a for a in db.session.scalars(select(Advice)) if "late" in by_hand(a) and not a.not_needed_on)
    before = queries.table.__wrapped__(WANTED, today=TODAY).all
    with tallies.kept([late.case_id]):
        late.excused_by = "8(2)(a)"
    after = queries.table.__wrapped__(WANTED, today=TODAY).all
    assert (after.counts["excused"], after.counts["late"]) == (before.counts["excused"] + 1, before.counts["late"])
    assert after.share == before.share and after.share_without_excused > before.share_without_excused


def test_each_number_on_the_page_opens_a_list_of_as_many(county, client, user, on_the_day):
    browser = client(user())
    page = html.fromstring(browser.get("/advice?from=2025-07&until=2026-06").text)
    links = page.xpath("//table[1]//td/a")
    assert len(links) > 10
    for link in links:
        listed = browser.get(link.get("href")).text
        (total,) = re.findall(r"<h1[^>]*>[^:]+: ([\d,]+) pieces?", listed)
        assert total == link.text


def test_the_queue_has_the_oldest_first_and_the_cases_held_up_are_counted_once(county, client, user, on_the_day):
    waiting = [a for a in db.session.scalars(select(Advice)) if a.is_outstanding]
    listed = queries.outstanding(kind=None, service_id=None, page=1)
    assert [piece.advice.asked_on for piece in listed] == sorted(a.asked_on for a in waiting)
    for one in queries.holding_up.__wrapped__():
        cases = {a.case_id for a in waiting if (a.service_id or 0) == one.service_id}
        alone = {c for c in cases if {(a.service_id or 0) for a in waiting if a.case_id == c} == {one.service_id}}
        assert (one.alone, one.among_others) == (len(alone), len(cases - alone))
    assert "Advice that is waited for" in client(user()).get("/advice/outstanding").text


def test_the_figures_leave_as_files(county, client, user, on_the_day):
    browser = client(user())
    text = browser.get("/advice/figures.csv?from=2025-07&until=2026-06").text
    assert "Service 0" in text and "Psychological advice" in text
    assert browser.get("/advice/figures.xlsx").data[:2] == b"PK"


def test_the_page_asks_a_bounded_number_of_questions(county, client, user, queries_of, on_the_day):
    browser = client(user())
    browser.get("/advice")
    with queries_of() as asked:
        browser.get("/advice?from=2025-08&until=2026-06")
    assert len(asked) <= 14, asked
