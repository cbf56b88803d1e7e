"""What can be wrong with the data: each fault, what it breaks, and where it is mended. Pure."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum


class Mend(StrEnum):
    """Where a fault is mended."""

    PERSON = "person"
    CASE = "case"
    HISTORY = "history"
    WORKER = "worker"
    PLAN = "plan"


class Kind(StrEnum):
    """What sort of fault it is."""

    MISSING = "missing"
    ODD = "odd"
    CONTRADICTORY = "contradictory"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can be wrong. What it looks for stands under its key in `queries.measures.quality`."""

    key: str
    name: str
    kind: Kind
    breaks: str
    """The measure or the item of the return that cannot be right while it stands."""
    mend: Mend


FAULTS = (
    Fault("no_birth_date", "Date of birth missing", Kind.MISSING, "SEN2 PersonBirthDate; figures by age", Mend.PERSON),
    Fault("no_sex", "Sex not known", Kind.MISSING, "SEN2 Sex; figures by sex", Mend.PERSON),
    Fault("no_ethnicity", "Ethnicity missing", Kind.MISSING, "SEN2 Ethnicity; figures by ethnicity", Mend.PERSON),
    Fault("no_identifier", "No UPN, no ULN, and no reason why", Kind.MISSING,
          "SEN2 UPN, UniqueLearnerNumber or UPNunknown", Mend.PERSON),
    Fault("odd_upn", "UPN is not well made", Kind.ODD, "SEN2 UPN", Mend.PERSON),
    Fault("shared_upn", "Another child has the same UPN", Kind.CONTRADICTORY, "SEN2 UPN; a child counted twice",
          Mend.PERSON),
    Fault("no_postcode", "Postcode missing", Kind.MISSING, "SEN2 PostCode; figures by area", Mend.PERSON),
    Fault("born_after_request", "Born after the request", Kind.CONTRADICTORY, "SEN2 PersonBirthDate", Mend.PERSON),
    Fault("over_25", "Over 25 at the request", Kind.ODD, "SEN2 PersonBirthDate; CFA 2014 s.36(3)", Mend.PERSON),
    Fault("no_need", "Primary need missing", Kind.MISSING, "SEN2 SENtype; figures by need", Mend.CASE),
    Fault("no_source", "Who made the request is missing", Kind.MISSING, "SEN2 RequestSource", Mend.CASE),
    Fault("no_setting", "Setting missing", Kind.MISSING, "SEN2 placement; figures by setting; advice under reg 6(1)(b)",
          Mend.CASE),
    Fault("setting_without_urn", "The setting has no URN", Kind.MISSING, "SEN2 URN", Mend.CASE),
    Fault("no_worker", "Open, and nobody holds it", Kind.MISSING, "Figures by worker", Mend.WORKER),
    Fault("no_receipt", "A plan, and the request’s day is not known", Kind.MISSING,
          "Plans within 20 weeks: counted as late", Mend.HISTORY),
    Fault("no_clock", "Open, and its clock has no first day", Kind.MISSING, "Open cases by week; every due day",
          Mend.HISTORY),
    Fault("exception_without_ground", "An exception whose ground is not stated", Kind.ODD,
          "Exceptions by paragraph; SEN2 Week20", Mend.HISTORY),
    Fault("two_open_cases", "The child has another open case", Kind.CONTRADICTORY, "Requests, counted twice",
          Mend.HISTORY),
    Fault("plan_too_soon", "A plan within 4 weeks of the request", Kind.ODD, "Plans within 20 weeks", Mend.HISTORY),
    Fault("plan_without_placement", "A plan, and no placement that it names", Kind.MISSING,
          "SEN2 placements, of the plan and of active plans", Mend.PLAN),
    Fault("open_two_years", "Open for more than two years", Kind.ODD, "Open cases by week", Mend.HISTORY),
)  # fmt: skip
BY_KEY = {fault.key: fault for fault in FAULTS}


def score(faulty: int, of: int) -> Decimal | None:
    """Return the share of cases with no fault, to one decimal; never 100 while there is a fault. None of no case."""
    if not of:
        return None
    return (Decimal(100 * (of - faulty)) / Decimal(of)).quantize(Decimal("0.1"), ROUND_DOWN)
