"""The county's records as the two history files."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random

from casetracker.csvin.history import CASE_COLUMNS, EVENT_COLUMNS
from tests.simulated.county import County, SimulatedCase
from tests.simulated.days import day_of
from tests.simulated.folk import TEAMS
from tests.simulated.telling import email, urn
from tests.simulated.truth import Truth

TRUTH_COLUMNS = tuple("case_reference week on probability breached settled excused".split())
_FORENAMES = ("Ada", "Amir", "Bea", "Callum", "Daisy", "Eleri", "Femi", "Grace", "Hari", "Isla", "Jakub", "Zoë")
_SURNAMES = ("Abbott", "Begum", "Clarke", "Davies", "Edwards", "Farouk", "Green", "Hughes", "Jones", "Nowak", "O’Brien")


def write(county: County, folder: Path) -> tuple[Path, Path]:
    """Write cases.csv and events.csv into a folder, which is made if need be, and return where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    cases, events = folder / "cases.csv", folder / "events.csv"
    known = [case for case in county.cases if case.steps]
    _write(cases, CASE_COLUMNS, (_case(county, case) for case in known))
    _write(events, EVENT_COLUMNS, (row for case in known for row in _events(case)))
    return cases, events


def write_truth(county: County, told: Iterable[Truth], path: Path) -> None:
    """Write the known truth, one row a case and week: see `truth.Truth` for what the columns mean."""
    _write(path, TRUTH_COLUMNS, (row for one in told for row in _truth(county, one)))


def _truth(county: County, one: Truth) -> Iterator[dict[str, str]]:
    columns = (one.places, one.on, one.probability, one.breached, one.settled, one.excused)
    for place, on, probability, breached, settled, excused in zip(*columns, strict=True):
        yield {
            "case_reference": county.cases[place].reference,
            "week": str(one.week),
            "on": day_of(on).isoformat(),
            "probability": f"{probability:.4f}",
            "breached": str(int(breached)),
            "settled": str(int(settled)),
            "excused": str(int(excused)),
        }


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _case(county: County, case: SimulatedCase) -> dict[str, str]:
    folk, place = county.folk, case.place
    rng = Random(f"names {county.seed} {place}")
    team = int(folk.team[place])
    return {
        "case_reference": case.reference,
        "person_reference": f"P{case.reference}",
        "forename": rng.choice(_FORENAMES),
        "surname": rng.choice(_SURNAMES),
        "date_of_birth": folk.born_on[place].isoformat(),
        "sex": folk.sex[place],
        "ethnicity": folk.ethnicity[place],
        "postcode": f"ZZ{team + 1} {rng.randint(1, 9)}{rng.choice('ABDE')}{rng.choice('PQRS')}",
        "setting_urn": urn(int(folk.school[place])),
        "primary_need": folk.need[place],
        "named_worker_email": email(int(_holder(county, case))),
        "team": TEAMS[team],
        "received_on": day_of(folk.received[place]).isoformat(),
        "request_source": folk.source[place],
    }


def _holder(county: County, case: SimulatedCase) -> int:
    """Return who held the case last, as far as is known."""
    handed_over = [step.note for step in case.steps if step.note == email(int(county.folk.drafter[case.place]))]
    return int((county.folk.drafter if handed_over else county.folk.worker)[case.place])


def _events(case: SimulatedCase) -> Iterator[dict[str, str]]:
    for step in case.steps:
        yield {
            "case_reference": case.reference,
            "event": step.happening.value,
            "occurred_on": step.occurred_on.isoformat(),
            "recorded_at": step.recorded_at.isoformat(),
            "advice_kind": step.advice_kind,
            "advice_giver": step.advice_giver,
            "reason": step.reason,
            "note": step.note,
        }
