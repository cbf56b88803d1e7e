"""The board: figures worked out each night, told from elsewhere, judged, and set by those who may."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker import jobs
from casetracker.board.indicators import MONTHS
from casetracker.board.rating import Rating, Travel
from casetracker.extensions import db
from casetracker.models import BoardFigure, EnteredFigure, JobRun, KpiNote, KpiTarget
from casetracker.periods import Span
from casetracker.queries import board as queries
from casetracker.roles import Role
from casetracker.services import board
from tests import factories, worlds

TODAY = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 1, 15, tzinfo=UTC)
KEY = "plans_within_20_weeks"


def plans(number: int, *, received_on: date, weeks: int) -> None:
    """Make cases whose plan came so many weeks after the request."""
    for _ in range(number):
        steps = factories.lifetime(received_on, weeks_to_plan=weeks)
        factories.case(received_on=received_on, steps=steps, child=factories.person())


def a_night() -> int:
    plans(12, received_on=date(2025, 11, 24), weeks=20)
    plans(8, received_on=date(2025, 11, 24), weeks=24)
    return board.refresh(today=TODAY, at=AT)


@pytest.fixture
def worked_out(session):
    """Twelve plans of April 2026 in time, eight of May late; then a night."""
    return worlds.begin(a_night)


def entered(measure, as_at, value, user, **more):
    db.session.add(
        EnteredFigure(
            measure=measure, as_at=as_at, value=value, source="A letter", entered_at=AT, entered_by_id=user.id, **more
        )
    )
    db.session.flush()


class TestFigures:
    def test_are_of_twelve_months_and_of_each_month_to_the_last_that_is_over(self, worked_out):
        one = queries.one(KEY)
        assert (one.current.value, one.current.numerator, one.current.denominator) == (Decimal("60.0"), 12, 20)
        assert one.current.words == "12 months to May 2026"
        assert [(p.words, p.value) for p in one.months][-2:] == [
            ("April 2026", Decimal("100.0")),
            ("May 2026", Decimal("0.0")),
        ]
        assert len(one.months) == MONTHS

    def test_of_a_day_are_as_they_stood_at_the_end_of_the_month(self, worked_out):
        one = queries.one("open_cases")
        assert one.current.words == "end of May 2026"
        assert [p.value for p in one.months][-3:] == [Decimal(20), Decimal(8), Decimal(0)]

    def test_worked_out_again_are_the_same(self, worked_out):
        query = select(BoardFigure.measure, BoardFigure.span, BoardFigure.ends_on, BoardFigure.value)
        query = query.order_by(BoardFigure.measure, BoardFigure.span, BoardFigure.ends_on)
        before = db.session.execute(query).all()
        board.refresh(today=TODAY, at=AT)
        assert len(before) == worked_out
        assert db.session.execute(query).all() == before

    def test_of_a_period_take_in_what_is_keyed_late_and_a_later_night_moves_on(self, worked_out):
        plans(20, received_on=date(2025, 11, 24), weeks=20)
        board.refresh(today=date(2026, 7, 2), at=AT)
        one = queries.one(KEY)
        assert [len(one.months), one.months[-1].words] == [MONTHS, "June 2026"]
        assert (one.current.words, one.current.value) == ("12 months to June 2026", Decimal("80.0"))
        assert one.before.words == "12 months to March 2026"

    def test_no_figure_is_no_figure(self, session):
        board.refresh(today=TODAY, at=AT)
        one = queries.one(KEY)
        assert (one.current.value, one.rating, one.travel) == (None, Rating.NOTHING, Travel.UNKNOWN)

    def test_the_night_is_on_record(self, session, on_the_day):
        jobs.board()
        assert db.session.scalars(select(JobRun.job)).all() == ["board"]
        assert db.session.scalar(select(func.count()).where(BoardFigure.span == Span.MONTH)) > 0


class TestEnteredFigures:
    def test_the_newest_day_is_current_and_the_day_before_it_is_what_it_came_from(self, session, user):
        who = user()
        entered("neet", date(2023, 7, 31), Decimal("4.1"), who)
        entered("neet", date(2024, 1, 31), Decimal("8.6"), who)
        one = queries.one("neet")
        assert (one.current.value, one.current.words) == (Decimal("8.6"), "as at 31 January 2024")
        assert (one.before.value, one.travel) == (Decimal("4.1"), Travel.WORSE)
        assert one.baseline.value == Decimal("4.1")  # of 31 July 2023, where none was recorded

    def test_the_later_entry_of_a_day_stands(self, session, user):
        who = user()
        entered("neet", date(2024, 1, 31), Decimal("8.6"), who)
        entered("neet", date(2024, 1, 31), Decimal("8.4"), who)
        assert [p.value for p in queries.one("neet").months] == [Decimal("8.4")]
        entered("neet", date(2024, 1, 31), None, who)
        assert queries.one("neet").current is None


class TestTargets:
    def target(self, user, value, measure=KEY):
        board.set_target(
            measure=measure,
            value=value,
            due_on=date(2026, 12, 31),
            agreed_by="SIAB",
            agreed_on=date(2026, 1, 5),
            today=TODAY,
            at=AT,
            by_id=user.id,
        )

    def test_the_last_one_is_in_force_and_every_one_is_kept(self, worked_out, user):
        who = user(Role.MANAGER)
        assert queries.one(KEY).rating is Rating.RED  # by the law's 100%, while no target is agreed
        self.target(who, Decimal(65))
        assert queries.one(KEY).rating is Rating.AMBER
        self.target(who, Decimal(60))
        assert queries.one(KEY).rating is Rating.GREEN
        self.target(who, None)
        assert (queries.one(KEY).target, queries.one(KEY).rating) == (None, Rating.RED)
        assert [t.value for t in queries.targets_of(KEY)] == [None, Decimal(60), Decimal(65)]

    @pytest.mark.parametrize("value", [Decimal(101), Decimal(-1)])
    def test_a_share_beyond_the_whole_is_refused(self, session, user, value):
        with pytest.raises(board.NotPossible):
            self.target(user(), value)


class TestPages:
    def test_everybody_reads_the_board_and_an_indicator(self, client, user, worked_out):
        db.session.commit()
        page = client(user()).get("/board").text
        assert "Right plan, right first time, every time" in page and "60.0%" in page and "100%, by law" in page
        cases = "/measures/plans_within_20_weeks/cases?by=rolling&amp;on=2026-05-31&amp;part="
        assert f'{cases}numerator">12<' in page and f'{cases}denominator">20<' in page
        assert "Work the figures out again" not in page
        one = client(user()).get(f"/board/{KEY}").text
        assert "May 2026" in one and "46.1%" in one and "See every year and every neighbour" in one
        client(user()).get("/board/nothing", status=404)
        client(user()).get(f"/board/{KEY}/target", status=403)

    def test_a_target_is_shown_as_a_step_towards_the_duty(self, app, client, user, worked_out, on_the_day):
        db.session.commit()
        manager = client(user(Role.MANAGER))
        day = {"agreed_on": ["5", "1", "2026"], "due_on": ["31", "12", "2026"]}
        fields = {"value": "60%", "agreed_by": "SIAB", **day}
        wrong = manager.post(f"/board/{KEY}/target", {**fields, "value": "sixty"}, status=200)
        assert "Enter a number, such as 60" in wrong.text and 'value="sixty"' in wrong.text
        future = {**fields, "agreed_on": ["5", "1", "2027"], "due_on": ["5", "2", "2027"]}
        assert "has not come" in manager.post(f"/board/{KEY}/target", future, status=200).text
        early = html.fromstring(
            manager.post(f"/board/{KEY}/target", {**fields, "due_on": ["1", "1", "2020"]}, status=200).text
        )
        [link] = early.xpath(
            "//*[@class='govuk-error-summary__body']//a[contains(., 'due before it was agreed')]/@href"
        )
        assert link == "#due_on-day"
        assert "0 to 100" in manager.post(f"/board/{KEY}/target", {**fields, "value": "160"}, status=200).text
        manager.post(f"/board/{KEY}/target", fields)
        change = html.fromstring(manager.get(f"/board/{KEY}/target").text)
        stands = {box.name: box.value for box in change.xpath("//main//input[@name]")}
        assert (stands["value"], stands["agreed_by"]) == ("60", "SIAB")
        page = manager.get("/board").text
        assert "60.0% by 31 December 2026, a step towards the 100% that the law asks" in page
        assert "Green: local target met, the law’s 100% not" in page
        with app.app_context():
            [kept] = db.session.scalars(select(KpiTarget))
            assert (kept.value, kept.agreed_by, kept.agreed_on) == (60, "SIAB", date(2026, 1, 5))

    def test_a_baseline_may_be_that_there_was_none(self, client, user, session):
        officer = client(user(Role.DATA_OFFICER))
        officer.post("/board/annual_reviews_in_time/baseline", {"value": "", "of_what": "July 2023", "source": "SIAB"})
        assert "not available" in officer.get("/board").text

    def test_a_note_is_kept_with_its_owner_and_the_last_is_shown(self, app, client, user, session):
        manager = client(user(Role.MANAGER))
        for text in ("First words", "Second words"):
            manager.post(f"/board/{KEY}/note", {"owner": "Head of SEND", "text": text})
        assert "Second words" in manager.get("/board").text and "First words" not in manager.get("/board").text
        assert "First words" in manager.get(f"/board/{KEY}").text
        assert 'value="Head of SEND"' in manager.get(f"/board/{KEY}/note").text
        with app.app_context():
            assert db.session.scalar(select(func.count(KpiNote.id))) == 2

    def test_the_figures_are_worked_out_again_on_request(self, client, user, session, on_the_day):
        plans(1, received_on=date(2025, 11, 24), weeks=20)
        db.session.commit()
        manager = client(user(Role.MANAGER))
        manager.post("/board/refresh")
        assert 'part=numerator">1<' in manager.get("/board").text and "Too few to rate" in manager.get("/board").text

    def test_the_board_is_a_bounded_number_of_questions_and_can_be_downloaded(
        self, client, user, worked_out, queries_of
    ):
        db.session.commit()
        reader = client(user())
        with queries_of() as asked:
            reader.get("/board")
        assert len(asked) <= 14
        text = reader.get("/board/board.csv").text
        assert 'every time","Plans issued within 20 weeks, excluding exceptions",' in text

    def test_what_is_downloaded_may_leave_the_building(self, client, user, worked_out):
        plans(4, received_on=date(2025, 1, 6), weeks=60)  # with the others, four of 24
        board.refresh(today=TODAY, at=AT)
        db.session.commit()
        lines = client(user()).get("/board/board.csv").text.removeprefix("\ufeff").splitlines()
        rows = {row["Indicator"]: row for row in csv.DictReader(lines[:-1])}
        assert lines[-1] == '"c: fewer than 6, or fewer than 6 would follow from it and others"'
        late = rows["Plans issued after more than 52 weeks"]
        assert [late[name] for name in ("Current", "Top", "Direction of travel", "Rating")] == ["c"] * 4
        including = rows["Plans issued within 20 weeks, including exceptions"]
        assert (including["Target"], including["By law"], late["By law"]) == ("", "100", "")
        plain = rows["Plans issued"]
        assert (plain["Current"], plain["Last updated"]) == ("24", "2026-06-01 02:15")  # by London's clocks
