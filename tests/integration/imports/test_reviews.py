"""Annual reviews and audits come in with returns and history files, each once; the return made again agrees."""

from datetime import date

import pytest
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import AuditFacts, Case, CaseEvent, ReturnDetails, ReviewFacts
from casetracker.roles import Role
from casetracker.services import cases, histories, verification
from casetracker.services.returns import details
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.imports.returns import case_of, together, write_return
from tests.integration.imports.test_history import ONE, WHOLE, the_case
from tests.integration.imports.test_history import bring_in as bring_in_history
from tests.integration.imports.test_history import refused as refused_of_history
from tests.integration.imports.test_sen2 import bring_in, refusals
from tests.integration.sen2.test_building import rows as made_again

pytestmark = pytest.mark.usefixtures("session")
HISTORICAL = {"outcome": "H", "conclusion": "H", "received": ""}
EVENTS = "case_reference,event,occurred_on,recorded_at,advice_kind,advice_giver,reason,until,note,met_on,audited_by\n"


def a_return(folder, year: int, *cases: dict, **active: str):
    """Write the return of a collection; `active` are the cells of every active plan."""
    found = together(*cases)
    found["sen2"] = [{"year": str(year), "referencedate": f"{year}-Jan-15 00:00:00"}]
    found["activeplans"] = [
        {"activeplanstableid": row["requeststableid"], "requeststableid": row["requeststableid"], **active}
        for row in found["requests"]
    ]
    return write_return(folder, found)


def reviews() -> list[tuple]:
    query = select(ReviewFacts.due_on, ReviewFacts.met_on, ReviewFacts.finished_on, ReviewFacts.outcome)
    return [tuple(row) for row in db.session.execute(query.order_by(ReviewFacts.case_id, ReviewFacts.key))]


def finished() -> list[CaseEvent]:
    query = select(CaseEvent).where(CaseEvent.happening == H.ANNUAL_REVIEW_FINISHED)
    return list(db.session.scalars(query.order_by(CaseEvent.seq)))


def active_plans(year: int) -> list[dict[str, str]]:
    names = ("reviewmeeting", "reviewoutcome", "lastreview")
    return [
        {name: node[name] for name in names}
        for person in made_again(year)
        for request in person.children["requests"]
        for node in request.children.get("activeplans", ())
    ]


class TestReturns:
    def test_the_last_review_becomes_an_entry_once(self, tmp_path):
        cells = {"reviewmeeting": "2024-Apr-10 00:00:00", "reviewoutcome": "A", "lastreview": "2024-May-02 00:00:00"}
        folder = a_return(tmp_path / "a", 2025, case_of(1), **cells)
        bring_in(folder)
        known = [
            (date(2024, 5, 14), date(2024, 4, 10), date(2024, 5, 2), "amend"),
            (date(2025, 5, 1), None, None, ""),
        ]
        assert reviews() == known
        again = bring_in(folder)
        assert reviews() == known and len(finished()) == 1
        assert again.counts["cases"] == {"new": 0, "added_to": 0, "unchanged": 1, "refused": 0}
        assert verification.verify(on=TODAY).found == 0

    def test_the_returns_of_several_years_build_up_a_history_in_any_order(self, tmp_path):
        for year, day in ((2026, "2025-Apr-20"), (2025, "2024-May-02"), (2026, "2025-Apr-20")):
            bring_in(a_return(tmp_path / f"{year}{day}", year, case_of(1), lastreview=f"{day} 00:00:00"))
        assert [(due, done) for due, _, done, _ in reviews()] == [
            (date(2024, 5, 14), date(2024, 5, 2)),
            (date(2025, 5, 1), date(2025, 4, 20)),
            (date(2026, 4, 19), None),
        ]

    def test_one_that_was_logged_already_or_corrected_since_does_not_come_in_again(self, tmp_path, user):
        folder = a_return(tmp_path / "a", 2025, case_of(1), lastreview="2024-May-02 00:00:00")
        bring_in(folder)
        (event,) = finished()
        by = user(Role.CASEWORKER)
        moved = {"occurred_on": date(2024, 5, 3), "detail": {"outcome": "amend"}, "reason": "As the letter says"}
        cases.correct(event=event, **moved, by=by, today=TODAY, at=NOW)
        bring_in(folder)
        assert [(done, outcome) for _, _, done, outcome in reviews()] == [(date(2024, 5, 3), "amend"), (None, "")]

    @pytest.mark.parametrize(
        ("cells", "known"),
        [
            ({"lastreview": "2023-May-01 00:00:00"}, None),
            ({"lastreview": "2031-May-01 00:00:00"}, None),
            ({"lastreview": "soon"}, None),
            ({"reviewmeeting": "2024-Apr-10 00:00:00", "reviewoutcome": "M"}, None),
            ({"lastreview": "2024-May-02 00:00:00", "reviewoutcome": "Z"}, (None, "not stated")),
            (
                {"lastreview": "2024-May-02 00:00:00", "reviewmeeting": "2025-Jan-08 00:00:00", "reviewoutcome": "M"},
                (None, "not stated"),
            ),
        ],
        ids=["before the plan", "to come", "no day", "no letter", "no outcome we know", "another has met since"],
    )
    def test_what_the_return_does_not_tell_is_not_made_up_and_it_comes_back_as_it_was(self, tmp_path, cells, known):
        bring_in(a_return(tmp_path / "a", 2025, case_of(1), **cells))
        assert [(met, outcome) for _, met, done, outcome in reviews() if done] == ([known] if known else [])
        assert refusals() == []
        days = {"2024-May-02": "2024-05-02", "2024-Apr-10": "2024-04-10", "2025-Jan-08": "2025-01-08"}
        (plan,) = active_plans(2025)
        for name, text in cells.items():
            if text[:11] in days or name == "reviewoutcome":
                assert plan[name] == days.get(text[:11], text)

    def test_a_historical_plan_whose_first_review_is_not_known_has_no_day_for_it(self, tmp_path):
        old = case_of(1, **HISTORICAL, start="2019-May-15 00:00:00")
        bring_in(a_return(tmp_path / "a", 2025, old, lastreview="2024-May-02 00:00:00"))
        assert [(due, done) for due, _, done, _ in reviews()] == [
            (None, date(2024, 5, 2)),
            (date(2025, 5, 1), None),
        ]

    def test_one_with_no_day_of_its_own_is_due_from_its_last_review_and_with_neither_never(self, tmp_path):
        old, older = (case_of(number, **HISTORICAL, start="") for number in (1, 2))
        bring_in(a_return(tmp_path / "a", 2025, old, lastreview="2024-May-02 00:00:00"))
        assert [(due, done) for due, _, done, _ in reviews()] == [(date(2025, 5, 1), None)]
        bring_in(a_return(tmp_path / "b", 2025, older))
        assert len(reviews()) == 1

    def test_the_history_has_the_last_word_in_the_next_return(self, tmp_path, user):
        bring_in(a_return(tmp_path / "a", 2026, case_of(1), lastreview="2025-May-02 00:00:00"))
        case = db.session.scalars(select(Case)).one()
        for on, outcome in ((date(2025, 11, 3), "cease"), (date(2026, 5, 4), "amend")):
            detail = {"met_on": str(on), "outcome": outcome}
            entry = factories.entry((H.ANNUAL_REVIEW_FINISHED, on, detail))
            histories.append(case_id=case.id, entries=[entry], today=TODAY)
        told = {"lastreview": "2025-11-03", "reviewmeeting": "2025-11-03", "reviewoutcome": "C"}
        assert active_plans(2026) == [told]  # the later one was finished after the census day
        assert details.kept_of(case.id).last_review_on == date(2026, 5, 4)
        for event in finished():
            cases.correct(
                event=event,
                occurred_on=None,
                detail=None,
                reason="Another child’s",
                by=user(Role.CASEWORKER),
                today=TODAY,
                at=NOW,
            )
        assert active_plans(2026) == [dict.fromkeys(told, "")]
        assert db.session.scalars(select(ReturnDetails.last_review_on)).one() == date(2025, 5, 2)


class TestHistoryFiles:
    def bring_in(self, folder, events: str):
        folder.mkdir(exist_ok=True)
        whole = "".join(f"{line},,\n" for line in WHOLE.splitlines())
        return bring_in_history(folder, ONE, whole + events, header=EVENTS)

    def test_reviews_and_audits_with_what_was_decided_and_found(self, tmp_path):
        events = (
            "C1,annual_review_finished,2025-05-02,,,,Amend,,,2025-04-10,\n"
            "C1,plan_audited,2025-06-01,,,,Requires improvement,,Thin outcomes,,Multi-agency\n"
        )
        for _ in range(2):
            self.bring_in(tmp_path / "f", events)
        assert reviews()[0] == (date(2025, 5, 19), date(2025, 4, 10), date(2025, 5, 2), "amend")
        audit = db.session.scalars(select(AuditFacts)).one()
        assert (audit.audited_on, audit.grade, audit.audited_by) == (
            date(2025, 6, 1),
            "requires_improvement",
            "multi_agency",
        )
        assert refused_of_history() == [] and verification.verify(on=TODAY).found == 0

    def test_what_cannot_be_is_refused_and_the_rest_of_the_case_is_loaded(self, tmp_path):
        events = (
            "C1,annual_review_finished,2025-05-02,,,,keep,,,,\n"
            "C1,annual_review_finished,2024-05-01,,,,amend,,,,\n"
            "C1,plan_audited,2025-06-01,,,,,,,,\n"
        )
        self.bring_in(tmp_path / "f", events)
        assert [rule for _, _, rule in refused_of_history()] == [
            "outcome: “keep” is none of amend, cease, maintain",
            "there is no plan yet that could be reviewed (CFA 2014 s.44(1))",
            "grade: an audit needs its grade",
        ]
        assert the_case().stage == "issued"
