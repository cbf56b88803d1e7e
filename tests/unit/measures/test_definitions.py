"""The definitions are data, and nothing in them is missing or said twice."""

import pytest

from casetracker.measures.definition import Average, Over, Unit
from casetracker.measures.shipped import BY_KEY, KNOWN_HERE, MEASURES
from casetracker.queries.measures import expressions


def test_each_has_a_key_of_its_own():
    assert len(BY_KEY) == len(MEASURES)
    assert len({(measure.theme, measure.name) for measure in MEASURES}) == len(MEASURES)


def test_what_is_counted_here_is_exactly_what_there_are_expressions_for():
    assert set(expressions._EXPRESSIONS) == {measure.key for measure in KNOWN_HERE}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_each_says_what_it_is_in_a_sentence_and_whose_definition_it_is(measure):
    assert measure.sentence.endswith((".", ").")) and measure.source and measure.name
    assert len(measure.key) <= 60 and len(measure.version) <= 20
    if measure.over is Over.ENTERED:
        return
    assert (measure.unit is Unit.DAYS) == (measure.average is not None)
    assert bool(measure.denominator) == (measure.unit is not Unit.NUMBER)
    assert bool(measure.numerator) == (measure.average not in (Average.MEDIAN, Average.LONGEST))
