"""The steps a case has been through, as they were known: advice that was sent back, and came again or has not."""

from datetime import date, timedelta

import pytest

from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.lives import FOR_GOOD, lived, versions
from casetracker.forecast.snapshots import History
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H

RECEIVED = date(2025, 1, 6)


def day(number: int) -> date:
    return RECEIVED + timedelta(days=number)


def history(*steps: tuple[H, int]) -> History:
    """Return a case agreed to on day 35 and asked for medical advice that day, with more about the advice after it."""
    advice = {"advice_kind": "medical", "advice_ref": "m", "reason": "outcomes are missing"}
    told = [(H.REQUEST_RECEIVED, 0), (H.ASSESSMENT_AGREED, 35), (H.ADVICE_ASKED, 35), *steps]
    entries = [Entry(seq, what, day(on), day(on), advice) for seq, (what, on) in enumerate(told, start=1)]
    return History(case_id=1, entries=tuple(entries))


def sent_back(of: History) -> list[tuple[int, int | None, bool]]:
    """Return the waits since it was sent back that are known for good: the first day, the last, and whether it came."""
    start = RECEIVED.toordinal()
    _, spells = lived(versions(of.entries), of)
    found = [one for one in spells if one.table == "again" and one.until == FOR_GOOD]
    return [(one.began - start, None if one.ended == NO_DAY else one.ended - start, one.done) for one in found]


CAME, BACK = (H.ADVICE_RECEIVED, 70), (H.ADVICE_RETURNED, 75)


@pytest.mark.parametrize(
    ("steps", "known"),
    [
        ([CAME], []),
        ([CAME, BACK], [(75, None, False)]),
        ([CAME, BACK, (H.ADVICE_RECEIVED, 89)], [(75, 89, True)]),
        # Twice, after 14 and after 6 days: as long as it took on average, to the last time it came.
        ([CAME, BACK, (H.ADVICE_RECEIVED, 89), (H.ADVICE_RETURNED, 90), (H.ADVICE_RECEIVED, 96)], [(86, 96, True)]),
        # Decided without it, and withdrawn before it came.
        ([CAME, BACK, (H.PLAN_AGREED, 100)], [(75, 100, True)]),
        ([CAME, BACK, (H.REQUEST_WITHDRAWN, 100)], [(75, 100, False)]),
    ],
)
def test_the_wait_for_advice_that_was_sent_back_is_a_step_of_its_own(steps, known):
    assert sent_back(history(*steps)) == known
