"""What advice a child needs that has not been asked for, and who could give it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casetracker.models import Case, Service
from casetracker.queries import directory
from casetracker.services import histories
from casetracker.services.cases import said_of_needs, senses_of
from casetracker.statute.advice import AdviceKind, Requirement, required_advice
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.happenings import Happening
from casetracker.statute.history import replay
from casetracker.statute.standing import CaseStanding


@dataclass(frozen=True, slots=True)
class Proposal:
    """A piece of advice that the law wants for this child, and who could give it, the likeliest first."""

    requirement: Requirement
    givers: Sequence[Service]

    @property
    def kind(self) -> AdviceKind:
        return self.requirement.kind


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for a case, and how the case stands."""

    standing: CaseStanding
    proposals: list[Proposal]
    contacts: list[tuple[str, str]]
    """The family's contacts who have an e-mail address: name and address."""


def propose(case: Case, *, today: date, reading: Reading = ORDINARY_READING) -> Proposed:
    """Return what reg 6 requires for a case and has not been asked for, with givers from the directory."""
    history = histories.entries_of(case.id)
    standing, entries = replay(history, on=today, reading=reading), known_by(history, today)
    vision, hearing = senses_of(case.primary_need, said_of_needs(entries))
    required = required_advice(
        born_on=case.person.born_on,
        on=standing.agreed_to_assess_on or today,
        vision_impaired=vision,
        hearing_impaired=hearing,
        service_family=said_of_needs(entries).get("service_family") == "yes",
        reading=reading,
    )
    there = {piece.kind for piece in standing.advice}
    wanted = [requirement for requirement in required if requirement.kind not in there]
    proposals = [Proposal(r, givers_of(r.kind, case)) for r in wanted]
    return Proposed(standing, proposals, _contacts(entries))


def givers_of(kind: AdviceKind, case: Case) -> list[Service]:
    """Return who could give a kind of advice on this child, the likeliest first."""
    return list(directory.givers_for(kind, setting_id=case.setting_id))


def _contacts(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    return [
        (entry.detail.get("name", ""), entry.detail["email"])
        for entry in entries
        if entry.happening is Happening.CONTACT_RECORDED and entry.detail.get("email")
    ]
