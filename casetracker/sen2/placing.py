"""What a placement has to be before it is kept, typed in or from a file: the return would refuse any other."""

import re
from collections.abc import Container, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from casetracker.sen2.kept import ATTENDED, NAMED, Placed

PRIMARY, SECONDARY, OTHER = "1", "2", "OTH"
LONGEST_WBP, LONGEST_OTHER = 8, 200
CODE = re.compile(r"[A-Za-z0-9 ]*\Z", re.ASCII)
"""A code whose list was not to be had: all that is known of it is that it is one."""
CODE_SAID = "Use letters and figures only: this is a code"


class Fault(NamedTuple):
    """What is wrong, and with which part of the placement."""

    field: str
    text: str


def faults(placed: Placed, *, today: date) -> Iterator[Fault]:
    """Yield what is wrong with one placement."""
    yield from _of_where(placed)
    if placed.rank not in (PRIMARY, SECONDARY):
        yield Fault("rank", "Choose whether it is the primary placement (1) or the secondary (2)")
    if placed.part == ATTENDED:
        yield from _of_days(placed, today)
    yield from _of_codes(placed)


def _of_where(placed: Placed) -> Iterator[Fault]:
    if not (placed.urn or placed.ukprn or placed.sen_setting):
        yield Fault("urn", "Enter a URN or a UKPRN, or choose an arrangement")
    elif placed.sen_setting and (placed.urn or placed.ukprn):
        yield Fault("sen_setting", "A placement with a URN or UKPRN has no other arrangement")
    if placed.urn and not re.fullmatch(r"[0-9]{6}", placed.urn):
        yield Fault("urn", "A URN has 6 figures")
    if placed.ukprn and not re.fullmatch(r"1[0-9]{7}", placed.ukprn):
        yield Fault("ukprn", "A UKPRN has 8 figures and begins with 1")
    if placed.sen_setting == OTHER and not placed.sen_setting_other:
        yield Fault("sen_setting_other", "Say what the arrangement is")


def _of_days(placed: Placed, today: date) -> Iterator[Fault]:
    entered, left = placed.entered_on, placed.left_on
    if entered is None:
        yield Fault("entered_on", "Enter the day of entry")
    elif entered > today:
        yield Fault("entered_on", "The day of entry cannot be in the future")
    if left is not None and left > today:
        yield Fault("left_on", "The day of leaving cannot be in the future")
    elif entered is not None and left is not None and left < entered:
        yield Fault("left_on", "They cannot have left before they entered")


def _of_codes(placed: Placed) -> Iterator[Fault]:
    if not CODE.match(placed.wbp):
        yield Fault("wbp", CODE_SAID)
    for field, text, longest in (
        ("wbp", placed.wbp, LONGEST_WBP),
        ("sen_setting_other", placed.sen_setting_other, LONGEST_OTHER),
    ):
        if len(text) > longest:
            yield Fault(field, f"Use {longest} characters or fewer")


def faults_together(placements: Sequence[Placed]) -> Iterator[tuple[int, Fault]]:
    """Yield what is wrong with a case's placements as a whole, with the place of the one to look at."""
    for part in (NAMED, ATTENDED):
        # One that has been left is in nobody's way.
        here = [place for place, one in enumerate(placements) if one.part == part and one.left_on is None]
        primary = [place for place in here if placements[place].rank == PRIMARY]
        for place in primary[1:]:
            yield place, Fault("rank", "Another placement is the primary one already: only one can be")
        if here and not primary:
            yield here[0], Fault("rank", "One of the placements has to be the primary one")


def faults_beside(
    placements: Sequence[Placed], *, has_plan: bool, unknown: Container[str]
) -> Iterator[tuple[int, Fault]]:
    """
    Yield what does not agree with the rest of what is known, with the place of the one to look at.

    :param has_plan: whether the case has, or had, a plan
    :param unknown: the URNs that no setting has
    """
    for place, one in enumerate(placements):
        if one.part == NAMED and not has_plan:
            yield place, Fault("part", "This case has no plan that could name a placement")
        if one.urn in unknown:
            yield place, Fault("urn", "No setting in the directory has this URN")
