"""Histories that hypothesis makes up: mostly lawful, with slips, late recording and corrections among them."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from casetracker.statute.entries import Entry
from casetracker.statute.happenings import ADVICE_HAPPENINGS
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import can_happen_next, replay
from casetracker.statute.stages import MOVES, REOPENS, STAYS

BEGIN = date(2026, 1, 5)
LAST = BEGIN + timedelta(days=900)
DAYS = st.integers(0, 700).map(lambda n: BEGIN + timedelta(days=n))
_RECORDABLE = sorted(set(H) - {H.ENTRY_WITHDRAWN})
_ENDS = frozenset({H.REQUEST_WITHDRAWN, H.MOVED_OUT, H.DIED, H.CASE_CLOSED, H.MOVED_IN})
_ONWARD = frozenset(happening for _, happening in (*MOVES, *REOPENS)) - _ENDS
_ASIDE = frozenset(happening for _, happening in STAYS) - _ENDS
_EXCEPTIONS = frozenset({H.EXCEPTION_RECORDED, H.EXCEPTION_ENDED})
_KINDS = st.sampled_from(["medical", "educational", "psychological", "nonsense"])
_GIVERS = st.sampled_from(["", "North Trust", "South Trust"])
_PARAGRAPHS = st.sampled_from(
    ["13(3)", "13(3)(c)", "13(3)(d)", "5(4)(a)", "5(4)(d)", "8(2)(c)", "10(4)(c)", "44(3)(a)", "44(3)(b)", "9(9)"]
)
_OUTCOMES = st.sampled_from(
    ["", "44(2)(b)", "44(2)(c)", "44(2)(d)", "44(2)(e)", "42(2)", "42(3)", "dismissed", "43(1)"]
)


_ONE_WORD = {
    **dict.fromkeys((H.MEDIATION_HELD, H.APPEAL_DECIDED, H.CONCEDED), ("reason", _OUTCOMES)),
    **dict.fromkeys(
        (H.SETTING_CONSULTED, H.SETTING_REPLIED), ("setting", st.sampled_from(["Hill School", "Dale School", ""]))
    ),
}


@st.composite
def _of_a_plan(draw, day):
    met_on = {"met_on": (day - timedelta(days=draw(st.integers(-2, 60)))).isoformat()} if draw(st.booleans()) else {}
    outcome = draw(st.sampled_from(["", "amend", "nonsense"]))
    return {**met_on, "outcome": outcome, "grade": draw(st.sampled_from(["good", "inadequate", ""]))}


@st.composite
def _details(draw, happening, day):
    if happening in ADVICE_HAPPENINGS:
        return {"advice_kind": draw(_KINDS), "advice_giver": draw(_GIVERS)}
    if happening in _EXCEPTIONS:
        days = draw(st.none() | st.integers(-1, 60))
        until = {"until": (day + timedelta(days=days)).isoformat()} if days is not None else {}
        from_on = {"from_on": (day - timedelta(days=draw(st.integers(0, 40)))).isoformat()}
        return {"reason": draw(_PARAGRAPHS), **until, **(from_on if draw(st.booleans()) else {})}
    if happening in _ONE_WORD:
        word, texts = _ONE_WORD[happening]
        return {word: draw(texts)}
    if happening is H.MOVED_IN:
        return {"plan_made_on": draw(st.sampled_from(["2025-06-01", "not a day"]))} if draw(st.booleans()) else {}
    if happening in (H.ANNUAL_REVIEW_FINISHED, H.PLAN_AUDITED):
        return draw(_of_a_plan(day))
    if happening is H.DRAFT_PLAN_SENT and draw(st.booleans()):
        return {"served_on": draw(DAYS).isoformat()}
    return {}


@st.composite
def _step(draw, allowed):
    """Choose what happens next: more often a step onward than one aside, seldom an end, now and then anything."""
    way = draw(st.sampled_from([_ONWARD] * 4 + [_ASIDE] * 3 + [_EXCEPTIONS] * 2 + [_ENDS, None]))
    choice = sorted(allowed & way) if way is not None else []
    return draw(st.sampled_from(choice or sorted(allowed) if way is not None and allowed else _RECORDABLE))


@st.composite
def walks(draw, longest=14):
    """Make up a history in which each step is one the law allows next, or now and then any step at all."""
    entries = [Entry(1, draw(st.sampled_from([H.REQUEST_RECEIVED] * 5 + [H.MOVED_IN])), BEGIN, BEGIN)]
    day = BEGIN
    for seq in range(2, draw(st.integers(2, longest)) + 1):
        day += timedelta(days=draw(st.integers(0, 45)))
        happening = draw(_step(can_happen_next(replay(entries, on=LAST))))
        occurred_on = day if draw(st.integers(0, 5)) else max(BEGIN, day - timedelta(days=draw(st.integers(0, 60))))
        recorded_on = max(day, entries[-1].recorded_on) + timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 30])))
        entries.append(Entry(seq, happening, occurred_on, recorded_on, draw(_details(happening, occurred_on))))
    return entries


@st.composite
def histories(draw, longest=14):
    """Make up a walk with some of its entries corrected or withdrawn later."""
    entries = draw(walks(longest))
    for _ in range(draw(st.integers(0, 3))):
        entries.append(draw(corrections(entries)))
    return entries


@st.composite
def corrections(draw, entries):
    """Make up an entry that corrects or withdraws one of these."""
    wrong = draw(st.sampled_from(entries))
    recorded_on = entries[-1].recorded_on + timedelta(days=draw(st.integers(0, 40)))
    happening = draw(st.sampled_from([H.ENTRY_WITHDRAWN, wrong.happening]))
    occurred_on = max(BEGIN, min(recorded_on, wrong.occurred_on + timedelta(days=draw(st.integers(-20, 20)))))
    return replace(
        wrong,
        seq=len(entries) + 1,
        happening=happening,
        occurred_on=occurred_on,
        recorded_on=recorded_on,
        corrects=wrong.seq,
    )


@st.composite
def exceptional(draw):
    """Make up a request, often with advice asked for, and a handful of exceptions claimed and ended early on."""
    steps = [(H.REQUEST_RECEIVED, 0, {})]
    asked = draw(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["educational", "medical"])), max_size=2))
    steps += [(H.ADVICE_ASKED, day, {"advice_kind": kind}) for day, kind in asked]
    for day in draw(st.lists(st.integers(0, 60), min_size=1, max_size=5)):
        paragraph = draw(st.sampled_from(["5(4)(a)", "5(4)(c)", "5(4)(d)", "13(3)(c)", "13(3)(d)", "8(2)(c)", ""]))
        if draw(st.booleans()):
            steps.append((H.EXCEPTION_ENDED, day, {"reason": paragraph}))
        else:
            days = draw(st.none() | st.integers(20, 40))
            until = {} if days is None else {"until": (BEGIN + timedelta(days=day + days)).isoformat()}
            steps.append((H.EXCEPTION_RECORDED, day, {"reason": paragraph, **until}))
    days_on = [BEGIN + timedelta(days=day) for _, day, _ in steps]
    return [
        Entry(seq, happening, on, on, detail)
        for seq, ((happening, _, detail), on) in enumerate(zip(steps, days_on, strict=True), start=1)
    ]
