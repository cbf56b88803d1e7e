"""Large caseloads with a real distribution: a few thousand demonstration cases, multiplied by the database itself."""

from datetime import date, datetime

from sqlalchemy import func, select, text

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


def fill(size: int, *, today: date, now: datetime, tables: tuple[str, ...] = (*HISTORIES, *FACTS)) -> None:
    """
    Bring an empty, migrated database to `size` cases, of which about a seventh are open.

    Histories are copied as rows, so their hash chains do not add up: nothing measured here reads them but the case
    page, which does not check them. `tables` are those copied with each case.
    """
    demonstration.load(today=today, now=now, cases=min(size, START))
    db.session.commit()
    while (have := db.session.scalar(select(func.count(Case.id))) or 0) < size:
        _double(have, min(have, size - have), tables)
    tallies.mend()
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _double(have: int, more: int, tables: tuple[str, ...]) -> None:
    """Copy the first `more` cases, with their people, milestones and histories, under new numbers."""
    cases, people = db.metadata.tables["cases"], db.metadata.tables["people"]
    last_case = db.session.scalar(select(func.max(cases.c.id))) or 0
    last_person = db.session.scalar(select(func.max(people.c.id))) or 0
    copied("people", {"id": f"id + {last_person}", "reference": "NULL"}, f"id <= {last_person}")
    copied("person_names", {"person_id": f"person_id + {last_person}"}, f"person_id <= {last_person}")
    chosen = f"SELECT id FROM cases ORDER BY id LIMIT {more}"
    copied(
        "cases",
        {
            "id": f"id + {last_case}",
            "reference": f"'B' || (id + {last_case})",
            "person_id": f"person_id + {last_person}",
        },
        f"id IN ({chosen})",
    )
    for table in tables:
        own = {"id": None, "case_id": f"case_id + {last_case}", "submission": "NULL"}
        copied(table, own, f"case_id IN ({chosen})")
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
