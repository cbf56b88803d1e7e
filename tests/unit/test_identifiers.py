"""Check characters, and names that may be the same name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker import identifiers


@given(st.text("0123456789", min_size=12, max_size=12))
def test_a_upn_with_its_own_letter_passes_and_with_any_other_does_not(rest):
    letter = identifiers.upn_check_letter(rest)
    assert identifiers.problem_with_upn(letter + rest) is None
    for other in set(identifiers.UPN_LETTERS) - {letter}:
        assert "does not agree" in (identifiers.problem_with_upn(other + rest) or "")


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_figure_in_a_upn_is_found(rest, place, more):
    wrong = rest[:place] + str((int(rest[place]) + more) % 10) + rest[place + 1 :]
    assert identifiers.problem_with_upn(identifiers.upn_check_letter(rest) + wrong) is not None


@pytest.mark.parametrize("text", ["", "A123", "A12345678901O", "1234567890123", "I123456789012x"])
def test_what_is_not_the_shape_of_a_upn(text):
    assert "13 characters" in (identifiers.problem_with_upn(text) or "")


@pytest.mark.parametrize("number", ["943 476 5919", "9434765919", "401-023-2137"])
def test_nhs_numbers_that_are_right(number):
    assert identifiers.problem_with_nhs_number(number) is None


@pytest.mark.parametrize("number", ["9434765918", "123", "abcdefghij"])
def test_nhs_numbers_that_are_wrong(number):
    assert identifiers.problem_with_nhs_number(number) is not None


def test_uln_check_figure():
    right = [n for n in (f"100000001{figure}" for figure in range(10)) if identifiers.problem_with_uln(n) is None]
    assert len(right) == 1


@pytest.mark.parametrize(("text", "shown"), [("ox11nd", "OX1 1ND"), (" sw1a 2aa", "SW1A 2AA"), ("M1 1AE", "M1 1AE")])
def test_postcodes_in_their_usual_shape(text, shown):
    assert identifiers.normalise_postcode(text) == shown
    assert identifiers.problem_with_postcode(text) is None


@pytest.mark.parametrize("text", ["OX1", "12345", "Oxford"])
def test_what_is_no_postcode(text):
    assert identifiers.problem_with_postcode(text) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ó Súilleabháin Seán", "O Suilleabhain Sean"),
        ("O’Brien Ada", "OBrien Ada"),
        ("Smith John", "John Smith"),
        ("Jonson Ben", "Johnson Ben"),
        ("Thompson Amelia", "Thomspon Amelia"),
    ],
)
def test_names_that_sound_alike(one, other):
    assert identifiers.sounds_alike(one, other)
    assert identifiers.sounds_alike(other, one)


@pytest.mark.parametrize(("one", "other"), [("Smith John", "Smith Jane"), ("Lee Ann", "Fox Ann"), ("", "Fox Ann")])
def test_names_that_do_not(one, other):
    assert not identifiers.sounds_alike(one, other)
