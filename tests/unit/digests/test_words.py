"""The words of a digest: whatever a child is called, its subject tells nothing of them, its text initials only."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.models import WORST_FIRST, DigestChange
from casetracker.queries.digests import AlertLine, DeadlineLine, Reader, Standing
from casetracker.roles import Role
from casetracker.services.access import Keys
from casetracker.services.asking import Sender, initials
from casetracker.services.digest_words import Contents, fields_of
from casetracker.services.mail_texts import IN_SUBJECTS, SHIPPED, merged
from casetracker.statute.timetable import Duty

TODAY = date(2026, 6, 1)
SENDER = Sender(keys=Keys(secret="s", address="https://ehc.example"), council="Example County Council")
READER = Reader(1, "Wilma Worker", "wilma@example.gov.uk", Role.CASEWORKER, 4, None, when_nothing_is_new=True)
# Longer than any word of the mail is, so that to find it there is to find the name.
names = st.text(st.characters(categories=["L"]), min_size=3, max_size=30).map(lambda name: f"Xqz{name}")
references = st.from_regex(r"ZQ[0-9]{2}-[0-9]{5}", fullmatch=True)


def alert(**changed: object) -> AlertLine:
    fields: dict[str, object] = {
        "user_id": 1,
        "for_id": 1,
        "change": DigestChange.NEW,
        "level": WORST_FIRST[0],
        "case_id": 7,
        "reference": "EHC26-0000001",
        "forename": "Ada",
        "surname": "O’Brien",
        "duty": Duty.ISSUE_FINAL_PLAN,
        "subject": "",
        "due_on": date(2026, 5, 25),
        "worker_id": 1,
        "worker": "Wilma Worker",
        "closed_because": "",
        "total": 1,
    }
    return AlertLine(**{**fields, **changed})


def deadline(**changed: object) -> DeadlineLine:
    fields: dict[str, object] = {
        "user_id": 1,
        "for_id": 1,
        "case_id": 7,
        "reference": "EHC26-0000001",
        "forename": "Ada",
        "surname": "O’Brien",
        "duty": Duty.ISSUE_FINAL_PLAN,
        "subject": "",
        "due_on": date(2026, 6, 3),
        "promised": False,
        "excused_by": "",
        "total": 1,
    }
    return DeadlineLine(**{**fields, **changed})


def contents(**changed: object) -> Contents:
    fields: dict[str, object] = {
        "reader": READER,
        "today": TODAY,
        "names": {1: "Wilma Worker", 2: "Colin Colleague"},
        "changed": [],
        "closed": [],
        "standing": [],
        "deadlines": [],
    }
    return Contents(**{**fields, **changed})


def mail(of: Contents) -> tuple[str, str]:
    return merged(SHIPPED["digest"], fields_of(of, sender=SENDER))


@given(
    forename=names,
    surname=names,
    reference=references,
    change=st.sampled_from([one for one in DigestChange if one is not DigestChange.NONE]),
    level=st.sampled_from(WORST_FIRST),
    days=st.integers(-500, 500),
)
def test_a_subject_holds_counts_alone_and_the_text_no_name(forename, surname, reference, change, level, days):
    who = {"forename": forename, "surname": surname, "reference": reference}
    line = alert(**who, change=change, level=level, due_on=TODAY + timedelta(days=days))
    gone = alert(**who, closed_because="done")
    subject, body = mail(contents(changed=[line], closed=[gone], deadlines=[deadline(**who)]))
    assert subject == "Your cases today: changed 2, standing 0"
    assert forename not in body and surname not in body
    assert body.count(f"{reference} ({initials(forename, surname)})") == 3


def test_no_field_with_a_name_or_a_reference_may_be_put_into_the_subject_of_a_mail_to_staff():
    for key in ("digest", "weekly_summary"):
        allowed = set(SHIPPED[key].fields) & IN_SUBJECTS
        assert allowed <= {"count", "total", "week", "council"}


def test_what_changed_comes_first_worst_news_first_then_what_stands_then_what_is_due():
    changed = [
        alert(change=DigestChange.NOW_THEIRS, reference="A-4"),
        alert(change=DigestChange.NEW, reference="A-2"),
        alert(change=DigestChange.RETURNED, reference="A-3"),
        alert(change=DigestChange.WORSE, reference="A-1"),
    ]
    closed = [alert(reference="A-5", closed_because="done_late")]
    standing = [Standing(1, 1, WORST_FIRST[0], to_act_on=3, in_hand=1)]
    _, body = mail(contents(changed=changed, closed=closed, standing=standing, deadlines=[deadline(reference="A-6")]))
    assert re.findall(r"A-[1-6]", body) == ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6"]
    assert body.index("A-5") < body.index("3 to act on, and 1 that somebody is acting on") < body.index("A-6")
    assert "A-5 (A.O.) Final plan issued: done, late." in body
    assert "https://ehc.example/cases/7" in body


def test_more_than_there_are_lines_for_is_said():
    subject, body = mail(contents(changed=[alert(total=40)], closed=[alert(closed_because="done", total=2)]))
    assert subject.startswith("Your cases today: changed 42")
    assert "New (40)" in body and "- and 39 more" in body and "- and 1 more" in body


def test_covered_work_and_the_work_of_others_is_marked():
    line = alert(for_id=2, worker_id=2, worker="Colin Colleague")
    stands = [Standing(1, 2, WORST_FIRST[0], to_act_on=1, in_hand=0)]
    _, body = mail(contents(changed=[line], standing=stands, deadlines=[deadline(for_id=2, promised=True)]))
    assert "With Colin Colleague. (you cover Colin Colleague)" in body
    assert "What stands (you cover Colin Colleague)" in body
    assert "what you promised about “Final plan issued” (you cover Colin Colleague)" in body
    assert "With nobody." in mail(contents(changed=[alert(worker_id=None, worker="")]))[1]


def test_a_day_on_which_nothing_is_so_says_so():
    subject, body = mail(contents())
    assert subject == "Your cases today: changed 0, standing 0"
    for words in (
        "Nothing has changed since your last digest.",
        "No alert stands on your cases.",
        "Nothing falls due in the next 7 days.",
    ):
        assert words in body


@pytest.mark.parametrize(
    ("role", "team_id", "queue"),
    [
        (Role.CASEWORKER, 4, "alerts?worker=mine"),
        (Role.MANAGER, 4, "alerts?team=4"),
        (Role.MANAGER, None, "alerts"),
    ],
)
def test_it_opens_the_readers_own_part_of_the_queue(role, team_id, queue):
    reader = replace(READER, role=role, team_id=team_id)
    assert fields_of(contents(reader=reader), sender=SENDER)["link"] == f"https://ehc.example/{queue}"
