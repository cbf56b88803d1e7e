"""Which of the exceptions on record stand, and which limit each of them excuses."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from casetracker.statute import exceptions as exceptions_to
from casetracker.statute.advice import AdviceKind
from casetracker.statute.counting import Reading
from casetracker.statute.exceptions import PHASE_DUTY, Claim, Condition, ExceptionNotMadeOut, Phase
from casetracker.statute.fold import Facts, Run, Stop
from casetracker.statute.happenings import Happening as H
from casetracker.statute.standing import Objection
from casetracker.statute.timetable import FIRST_CLOCK, Duty, Mark, limit_of, limits_for

_SCHOOLS = frozenset({AdviceKind.EDUCATIONAL})
_EARLY_YEARS = frozenset({AdviceKind.EARLY_YEARS, AdviceKind.EDUCATIONAL})


def uphold(facts: Facts, *, on: date, reading: Reading) -> tuple[tuple[Claim, ...], tuple[Objection, ...]]:
    """
    Return the exceptions whose dates satisfy their paragraphs, and an objection to each entry that does not stand.

    An entry that ends an exception early ends the first that could have ended then and would still stand. Where
    there is none, it is the ending that is refused: somebody who came back too soon was never away for long enough,
    and the exception itself has to be corrected.
    """
    if not facts.claims and not facts.stops:
        return (), ()
    claims = list(facts.claims)
    wrong = [_why_not(claim, facts, on=on, reading=reading) for claim in claims]
    ended: set[int] = set()
    objections = []
    for stop in facts.stops:
        problem = _end(stop, claims, wrong, ended, facts, on=on, reading=reading)
        if problem:
            objections.append(Objection(stop.seq, H.EXCEPTION_ENDED, problem))
    for claim, problem in zip(claims, wrong, strict=True):
        if problem:
            objections.append(Objection(claim.seq, H.EXCEPTION_RECORDED, f"reg {claim.ground.paragraph}: {problem}"))
    return tuple(c for c, problem in zip(claims, wrong, strict=True) if not problem), tuple(objections)


def _end(
    stop: Stop, claims: list[Claim], wrong: list[str], ended: set[int], facts: Facts, *, on: date, reading: Reading
) -> str:
    """End one of the claims, and return "" or why none of them can have ended then."""
    problem = "no such exception is on record"
    for place, claim in enumerate(claims):
        if place in ended or stop.ground not in (None, claim.ground) or claim.from_on > stop.on:
            continue
        over_already = claim.until_on is not None and claim.until_on <= stop.on
        shortened = claim if over_already else replace(claim, until_on=stop.on)
        why_not = _why_not(shortened, facts, on=on, reading=reading)
        if not why_not:
            claims[place], wrong[place] = shortened, ""
            ended.add(place)
            return ""
        problem = f"reg {claim.ground.paragraph}: {why_not}"
    return problem


def _why_not(claim: Claim, facts: Facts, *, on: date, reading: Reading) -> str:
    """Return "" for an exception that stands, or the reason why it does not."""
    run = facts.runs[claim.episode - 1]
    kinds = _SCHOOLS if claim.ground.condition is Condition.SCHOOL_CLOSED else _EARLY_YEARS
    asked = [a.asked_on for a in facts.advice if a.asked_on and a.kind in kinds and a.episode == run.number]
    try:
        _refuse_unconfirmed(claim, reading)
        exceptions_to.refuse_if_misplaced(claim.ground, basis=run.opened.basis)
        started_on, due_on = _period(claim, facts, run, reading)
        exceptions_to.check(claim, started_on=started_on, due_on=due_on, advice_asked_on=asked, on=on)
    except ExceptionNotMadeOut as wrong:
        return str(wrong)
    return ""


def _refuse_unconfirmed(claim: Claim, reading: Reading) -> None:
    if claim.ground.mark is Mark.UNCONFIRMED and not reading.unconfirmed_rules:
        raise ExceptionNotMadeOut("its text is not confirmed, and this authority leaves such rows out")


def _period(claim: Claim, facts: Facts, run: Run, reading: Reading) -> tuple[date, date | None]:
    """Return the first and last day of the limit that the exception is claimed against."""
    if claim.ground.phase is Phase.ADVICE:
        return _period_of_advice(claim, facts, reading)
    start = run.opened.started_on or claim.from_on
    duty = PHASE_DUTY.get(claim.ground.phase)
    rows = limits_for(route=run.opened.route, basis=run.opened.basis, on=start, reading=reading)
    due = [row.within.last_day(start, reading) for row in rows if _covers(claim, run) or row.duty is duty]
    agreed = [run.opened.agreed_due_on] if run.opened.agreed_due_on else []
    return start, max([*due, *agreed], default=None)


def _period_of_advice(claim: Claim, facts: Facts, reading: Reading) -> tuple[date, date | None]:
    about = [a for a in facts.advice if claim.subject in ("", a.kind) and claim.piece in ("", a.ref)]
    starts = [a.runs_from for a in about if a.episode == claim.episode]
    known = [start for start in starts if start is not None]
    if not known:
        raise ExceptionNotMadeOut("no advice has been asked for that it could be an exception to")
    due = [row.within.last_day(day, reading) for day in known if (row := limit_of(Duty.RECEIVE_ADVICE, on=day))]
    return min(known), max(due, default=None)


def _covers(claim: Claim, run: Run) -> bool:
    """Return whether the exception reaches every limit of its clock, as those of reg 44(3) do."""
    return claim.ground.phase is Phase.RE_OPENED or (
        claim.ground.phase is Phase.FINAL_PLAN and run.opened.basis not in FIRST_CLOCK
    )


def excuse(upheld: Iterable[Claim], *, run: Run, duty: Duty, subject: str = "", piece: str = "") -> str:
    """Return the paragraph of the first exception that reaches this duty of this clock, or "" where none does."""
    for claim in upheld:
        if claim.episode != run.number:
            continue
        if duty is not Duty.RECEIVE_ADVICE and _covers(claim, run):
            return claim.ground.paragraph if claim.ground.phase is Phase.RE_OPENED else _through_44(claim)
        about_it = claim.subject in ("", subject) and claim.piece in ("", piece)
        reaches = about_it and PHASE_DUTY.get(claim.ground.phase) is duty
        if reaches and (claim.ground.paragraph.startswith("4(") or not _is_under_4(run, duty)):
            return claim.ground.paragraph
    return ""


def _through_44(claim: Claim) -> str:
    return f"44(3)(c), {claim.ground.paragraph}"


def _is_under_4(run: Run, duty: Duty) -> bool:
    """Return whether the limit is that of a refusal at the first question, which reg 5(4) does not reach."""
    return duty is Duty.DECIDE_WHETHER_TO_ASSESS and run.not_necessary
