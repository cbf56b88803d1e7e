"""Large caseloads with a real distribution: a few thousand demonstration cases, multiplied by the database itself."""

from datetime import date, datetime
from itertools import count

from sqlalchemy import func, select, text, true

from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from casetracker.models import Case
from casetracker.services import tallies

START = 4_000
FACTS = (
    "case_facts", "case_facts_before", "advice_facts", "advice_facts_before", "dispute_facts", "dispute_facts_before",
    "review_facts", "review_facts_before", "audit_facts", "audit_facts_before",
)  # fmt: skip
HISTORIES = ("milestones", "case_events", "advice")


def fill(
    size: int, *, today: date, now: datetime, tables: tuple[str, ...] = (*HISTORIES, *FACTS), only_open: bool = False
) -> None:
    """
    Bring an empty, migrated database to `size` cases, of which about a seventh are open; or to `size` open cases.

    Histories are copied as rows, so their hash chains do not add up: nothing measured here reads them but the case
    page, which does not check them. Most copies have names of their own, so that a million people share theirs with a
    few others and not with hundreds. `tables` are those copied with each case.
    """
    demonstration.load(today=today, now=now, cases=START if only_open else min(size, START))
    db.session.commit()
    chosen = Case.is_open.expression if only_open else true()
    for turn in count():
        have = db.session.scalar(select(func.count(Case.id)).where(chosen)) or 0
        if have >= size:
            break
        some = db.session.scalars(select(Case.id).where(chosen).order_by(Case.id).limit(size - have)).all()
        _copy(some[-1], "is_open" if only_open else "true", tables, before_names="" if turn % 3 == 2 else f"q{turn}")
    tallies.mend()
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _copy(last: int, chosen: str, tables: tuple[str, ...], *, before_names: str) -> None:
    """Copy the chosen cases up to an id, with their people and histories, under new numbers and other names."""
    cases, people = db.metadata.tables["cases"], db.metadata.tables["people"]
    last_case = db.session.scalar(select(func.max(cases.c.id))) or 0
    last_person = db.session.scalar(select(func.max(people.c.id))) or 0
    theirs = f"SELECT person_id FROM cases WHERE id <= {last} AND {chosen}"
    names = {name: f"'{before_names}' || {name}" for name in ("forename", "surname")}
    copied("people", {"id": f"id + {last_person}", "reference": "NULL", **names}, f"id IN ({theirs})")
    words = {"person_id": f"person_id + {last_person}", "word": f"'{before_names}' || word"}
    copied("person_names", words, f"person_id IN ({theirs})")
    copied(
        "cases",
        {
            "id": f"id + {last_case}",
            "reference": f"'B' || (id + {last_case})",
            "person_id": f"person_id + {last_person}",
        },
        f"id <= {last} AND {chosen}",
    )
    for table in tables:
        own = {"id": None, "case_id": f"case_id + {last_case}", "submission": "NULL"}
        copied(table, own, f"case_id IN (SELECT id FROM cases WHERE id <= {last} AND {chosen})")
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        for table in ("people", "cases"):
            db.session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
        db.session.commit()


def copied(table: str, changed: dict[str, str | None], where: str) -> None:
    """Copy the rows of a table that a condition holds for; `changed` has SQL for columns, None for one left out."""
    columns = [c.name for c in db.metadata.tables[table].columns if changed.get(c.name, "") is not None]
    values = [changed.get(name) or f'"{name}"' for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    db.session.execute(text(f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} WHERE {where}"))
