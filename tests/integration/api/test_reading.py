"""What programs read: by token alone, in pages, described field by field, with small numbers hidden."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from casetracker.commands import main
from casetracker.extensions import db
from casetracker.journeys.api.description import FIELDS
from casetracker.models import BoardFigure, ReadingToken
from casetracker.periods import Span
from casetracker.services import board, tokens
from tests import factories
from tests.integration.board.test_board import plans

AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def token(session, on_the_day):
    made = tokens.make(name="Power BI", last_day_on=date(2026, 12, 31), at=AT)
    db.session.commit()
    return made


@pytest.fixture
def read(client, token):
    """Ask for a list with the token."""
    browser = client(None)

    def ask(path, *, status=200, sent=token):
        headers = {"Authorization": f"Bearer {sent}"} if sent else {}
        return browser.get(path, status=status, headers=headers)

    return ask


def month(key, ends_on, top, bottom):
    span = Span.MONTH if ends_on.month != 0 else Span.ROLLING
    value = Decimal(top * 100) / bottom if bottom else None
    db.session.add(
        BoardFigure(
            measure=key, span=span, ends_on=ends_on, version="1", numerator=top, denominator=bottom, value=value,
            worked_out_at=AT,
        )
    )  # fmt: skip


class TestTokens:
    @pytest.mark.parametrize("sent", ["", "ctr_" + "x" * 43, "nonsense", "ctr_é"])
    def test_nothing_is_told_without_one(self, read, sent):
        answer = read("/api/v1/figures", status=401, sent=sent)
        assert "token" in answer.json["error"] and answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Set-Cookie" not in answer.headers

    def test_one_that_was_stopped_or_is_over_opens_nothing(self, read, token, on_the_day):
        read("/api/v1/measures")
        on_the_day.move_to(datetime(2026, 12, 31, 12, tzinfo=UTC))
        read("/api/v1/measures")
        on_the_day.move_to(datetime(2027, 1, 1, 12, tzinfo=UTC))
        read("/api/v1/measures", status=401)
        on_the_day.move_to(AT)
        tokens.stop(name="Power BI", at=AT)
        db.session.commit()
        read("/api/v1/measures", status=401)

    def test_only_a_digest_is_kept_and_the_day_of_use(self, read, token):
        read("/api/v1/measures")
        db.session.expire_all()
        [kept] = db.session.scalars(select(ReadingToken))
        assert token not in (kept.digest, kept.name) and kept.last_used_on == date(2026, 6, 1)

    def test_a_person_signed_in_is_no_program(self, client, user, token):
        client(user()).get("/api/v1/figures", status=401)

    def test_the_commands_make_list_and_stop_one(self, app, on_the_day):
        run = app.test_cli_runner()
        made = run.invoke(main, ["tokens", "add", "--name", "A report", "--days", "30"])
        assert made.exit_code == 0 and made.stdout.startswith("ctr_")
        assert "already" in run.invoke(main, ["tokens", "add", "--name", "A report"]).output
        assert "until 1 July 2026, never used" in run.invoke(main, ["tokens", "list"]).output
        for name, said in (("", "Enter a name"), (" \u200b", "Enter a name"), ("x" * 121, "120 characters or fewer")):
            refused = run.invoke(main, ["tokens", "add", "--name", name])
            assert refused.exit_code == 2 and said in refused.output and "ctr_" not in refused.stdout
        assert run.invoke(main, ["tokens", "list"]).output.count("\n") == 1
        assert "opens nothing" in run.invoke(main, ["tokens", "stop", "--name", "A report"]).output
        assert run.invoke(main, ["tokens", "stop", "--name", "A report"]).exit_code == 1


class TestLists:
    def test_every_item_has_exactly_the_fields_that_are_described(self, read, session, user):
        plans(8, received_on=date(2025, 11, 24), weeks=20)
        board.refresh(today=date(2026, 6, 1), at=AT)
        board.set_target(
            measure="requests", value=Decimal(10), due_on=None, agreed_by="SIAB", agreed_on=date(2026, 1, 1),
            today=date(2026, 6, 1), at=AT, by_id=user().id,
        )  # fmt: skip
        db.session.commit()
        for name, fields in FIELDS.items():
            answer = read(f"/api/v1/{name}").json
            assert answer["total"] > 0
            assert all(set(item) == set(fields) for item in answer["items"])

    def test_a_target_that_was_replaced_says_so_and_when_each_was_recorded(self, read, session, user):
        by_id = user().id
        for key, value, hour in (("requests", 10, 9), ("plans_within_20_weeks", 60, 10), ("requests", 30, 11)):
            board.set_target(
                measure=key, value=Decimal(value), due_on=None, agreed_by="SIAB", agreed_on=date(2026, 1, 1),
                today=date(2026, 6, 1), at=AT.replace(hour=hour), by_id=by_id,
            )  # fmt: skip
        db.session.commit()
        items = read("/api/v1/targets").json["items"]
        assert [i["by_law"] for i in items] == [None, 100, None]
        found = [(i["target"], i["recorded_at"], i["in_force"]) for i in items]
        assert found == [
            (10, "2026-06-01T09:30:00+00:00", False),
            (60, "2026-06-01T10:30:00+00:00", True),
            (30, "2026-06-01T11:30:00+00:00", True),
        ]
        duties = {i["measure"]: (i["duty"], i["by_law"]) for i in read("/api/v1/measures?per_page=100").json["items"]}
        assert duties["plans_within_20_weeks_including_exceptions"] == ("SEND Regs 2014, reg 13(2)", 100)
        assert duties["requests"] == ("", None)
        of_one = read("/api/v1/targets?measure=requests").json
        assert [(i["target"], i["in_force"]) for i in of_one["items"]] == [(10, False), (30, True)]

    def test_the_figures_of_one_measure_are_those_it_has_among_all(self, read, session):
        plans(8, received_on=date(2025, 11, 24), weeks=20)
        board.refresh(today=date(2026, 6, 1), at=AT)
        db.session.commit()
        every = read("/api/v1/figures?per_page=1000").json["items"]
        one = read("/api/v1/figures?measure=plans&per_page=5").json
        assert one["total"] == len([item for item in every if item["measure"] == "plans"]) == 12
        assert "measure=plans" in one["next"]
        rest = read(one["next"].removeprefix("http://localhost")).json["items"]
        assert one["items"] + rest == [item for item in every if item["measure"] == "plans"][:10]

    def test_small_numbers_are_hidden_and_no_month_is_given_by_itself(self, read, session):
        plans(4, received_on=date(2025, 11, 24), weeks=20)  # four in April
        plans(8, received_on=date(2025, 11, 24), weeks=24)  # eight in May
        board.refresh(today=date(2026, 6, 1), at=AT)
        db.session.commit()
        found = {
            (item["span"], item["ends_on"]): item
            for item in read("/api/v1/figures?per_page=1000").json["items"]
            if item["measure"] == "plans"
        }
        assert {span for span, _ in found} == {"rolling"} and len(found) == 12
        assert found["rolling", "2026-04-30"]["hidden"] and found["rolling", "2026-04-30"]["numerator"] is None
        assert found["rolling", "2026-05-31"]["numerator"] == 12

    def test_a_measure_is_hidden_that_would_tell_of_few_beside_another_asked_for_by_itself(self, read, session):
        plans(8, received_on=date(2025, 11, 24), weeks=20)
        plans(8, received_on=date(2025, 11, 24), weeks=22)
        board.refresh(today=date(2026, 6, 1), at=AT)
        including = "plans_within_20_weeks_including_exceptions"
        row = db.session.get_one(BoardFigure, (including, Span.ROLLING, date(2026, 5, 31)))
        assert (row.numerator, row.denominator) == (8, 16)
        row.numerator = row.numerator + 1
        row.denominator = row.denominator + 1
        db.session.commit()
        for key, hidden in (("plans_within_20_weeks", False), (including, True)):
            [may] = [i for i in read(f"/api/v1/figures?measure={key}").json["items"] if i["ends_on"] == "2026-05-31"]
            assert (may["hidden"], may["denominator"]) == (hidden, None if hidden else 16)

    def test_pages_follow_one_another_to_the_end_and_miss_nothing(self, read):
        seen, address = [], "/api/v1/measures?per_page=20"
        while address:
            answer = read(address).json
            seen += [item["measure"] for item in answer["items"]]
            address = answer["next"] and answer["next"].removeprefix("http://localhost")
        assert len(seen) == len(set(seen)) == answer["total"] > 40

    def test_csv_has_the_same_rows_and_names_the_next_page(self, read):
        answer = read("/api/v1/published?format=csv&per_page=5")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert list(rows[0]) == list(FIELDS["published"]) and len(rows) == 5
        assert "page=2" in answer.headers["Link"] and "format=csv" in answer.headers["Link"]

    @pytest.mark.parametrize("wrong", ["page=0", "page=x", "per_page=1001", "per_page=²", "format=xml"])
    def test_a_parameter_that_cannot_be_is_said(self, read, wrong):
        answer = read(f"/api/v1/measures?{wrong}", status=400)
        assert answer.json["error"].startswith(wrong.partition("=")[0])

    @pytest.mark.parametrize(
        "path", ["figures?measure=plans&measure=zz", "targets?page=1&page=2", "measures?page=1&page=1"]
    )
    def test_a_parameter_that_is_given_twice_is_named(self, read, path):
        named = path.partition("?")[2].partition("=")[0]
        assert read(f"/api/v1/{path}", status=400).json["error"] == f"{named} is given 2 times: give it once"

    @pytest.mark.parametrize("name", ["figures", "targets", "published"])
    def test_an_unknown_measure_is_said(self, read, name):
        assert read(f"/api/v1/{name}?measure=nosuch", status=400).json["error"].startswith("measure is not")

    @pytest.mark.parametrize(
        ("path", "unknown"), [("measures?measure=plans", "measure"), ("figures?page=1&span=month", "span")]
    )
    def test_a_parameter_that_is_not_known_is_named_and_never_passed_over(self, read, path, unknown):
        assert read(f"/api/v1/{path}", status=400).json["error"].startswith(f"{unknown} is not a parameter")

    def test_an_address_that_is_not_there_is_said_in_json(self, read):
        answer = read("/api/v2/figures", status=404)
        assert "nothing at this address" in answer.json["error"] and answer.json["reference"]

    def test_nothing_can_be_written(self, client, token):
        browser = client(None)
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = browser.browser.open(
                "/api/v1/figures", method=method, headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 405
            assert "for reading" in answer.json["error"] and "GET" in answer.headers["Allow"]

    def test_the_description_is_open_and_names_every_list(self, client, session):
        found = client(None).get("/api/openapi.json").json
        assert found["openapi"] == "3.1.0"
        assert set(found["paths"]) == {f"/{name}" for name in FIELDS}
        assert found["servers"] == [{"url": "http://localhost/api/v1"}]
        takes = {path: [one["name"] for one in found["paths"][path]["get"]["parameters"]] for path in found["paths"]}
        assert {path for path, names in takes.items() if "measure" in names} == {"/figures", "/targets", "/published"}
        recorded = found["components"]["schemas"]["targets"]["properties"]["recorded_at"]
        assert (recorded["type"], recorded["format"]) == ("string", "date-time")


@pytest.mark.parametrize("database_uri", ["postgresql"], indirect=True)
class TestReportingRole:
    def test_reads_the_views_and_no_table(self, session):
        factories.case(received_on=date(2026, 1, 5))
        board.refresh(today=date(2026, 6, 1), at=AT)
        name = "analyst_of_" + db.engine.url.database
        db.session.execute(text(f'CREATE ROLE "{name}"'))
        try:
            db.session.execute(text(f'GRANT USAGE ON SCHEMA reporting TO "{name}"'))
            db.session.execute(text(f'GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO "{name}"'))
            db.session.execute(text(f'SET LOCAL ROLE "{name}"'))
            columns = db.session.execute(text("SELECT * FROM reporting.cases")).mappings().one()
            assert columns["received_on"] == date(2026, 1, 5)
            assert not {"reference", "forename", "surname", "born_on", "person_id"} & set(columns)
            assert db.session.scalar(text("SELECT count(*) FROM reporting.board_figures")) > 0
            for view in ("targets", "entered_figures", "reported_figures", "published_figures"):
                assert db.session.scalar(text(f"SELECT count(*) FROM reporting.{view}")) == 0
            may = text(f"SELECT has_table_privilege('{name}', 'public.people', 'SELECT')")
            assert db.session.scalar(may) is False
        finally:
            db.session.rollback()
