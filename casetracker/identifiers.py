"""
Numbers and names that say which child this is: their check characters, and names that may be the same name.

Each `problem_with_...` returns a sentence for the page, or None where the number is well made.
"""

import re
import unicodedata

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""The check letters of a Unique Pupil Number: no I, O or S, which are read as figures."""
LONGEST_NAME_KEY = 400
LARGEST_KEY = 2**31 - 1
"""The largest number a row can have."""
_UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}")


def as_key(text: str) -> int | None:
    """Return the number of a row, a page or a version that a form or an address carries; None for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) and int(text) <= LARGEST_KEY else None


def normalise_number(text: str) -> str:
    """Return an identifier in capitals without the spaces and hyphens that people group it by."""
    return re.sub(r"[\s-]", "", text).upper()


def upn_check_letter(rest: str) -> str:
    """Return the letter that begins a UPN whose other twelve characters are `rest`."""
    values = [int(c) if c.isdigit() else UPN_LETTERS.index(c) for c in rest]
    return UPN_LETTERS[sum(value * weight for weight, value in enumerate(values, start=2)) % len(UPN_LETTERS)]


def problem_with_upn(text: str) -> str | None:
    """Check a Unique Pupil Number: a check letter, 11 figures, and a figure or (for a temporary one) a letter."""
    upn = text.strip().upper()
    if not _UPN.fullmatch(upn) or upn[-1] not in UPN_LETTERS + "0123456789":
        return "A UPN has 13 characters: a letter, then 12 figures (or 11 figures and a letter)"
    if upn[0] != upn_check_letter(upn[1:]):
        return "The first letter of this UPN does not agree with the rest of it: check for a slip"
    return None


def problem_with_uln(text: str) -> str | None:
    """Check a Unique Learner Number: ten figures, the last of which checks the others."""
    uln = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[1-9][0-9]{9}", uln):
        return "A ULN has 10 figures and does not start with 0"
    remainder = sum(int(figure) * weight for figure, weight in zip(uln[:9], range(10, 1, -1), strict=True)) % 11
    if remainder == 0 or int(uln[9]) != 10 - remainder:
        return "The last figure of this ULN does not agree with the rest of it: check for a slip"
    return None


def problem_with_nhs_number(text: str) -> str | None:
    """Check an NHS number: ten figures, the last of which checks the others."""
    number = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{10}", number):
        return "An NHS number has 10 figures"
    check = 11 - sum(int(figure) * weight for figure, weight in zip(number[:9], range(10, 1, -1), strict=True)) % 11
    if check % 11 != int(number[9]) or check == 10:
        return "The last figure of this NHS number does not agree with the rest of it: check for a slip"
    return None


def normalise_postcode(text: str) -> str:
    """Return a postcode in capitals with one space before its last three characters."""
    squeezed = re.sub(r"\s", "", text).upper()
    return f"{squeezed[:-3]} {squeezed[-3:]}" if len(squeezed) > 3 else squeezed


def problem_with_postcode(text: str) -> str | None:
    """Check that a postcode has the shape of one."""
    return None if _POSTCODE.fullmatch(normalise_postcode(text)) else "Enter a full UK postcode, such as OX1 1ND"


def folded(text: str) -> str:
    """Return text without accents, capitals or punctuation, one space between words: what a search looks in."""
    bare = "".join(
        c
        for c in unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
        if c.isalnum() or c.isspace() or c == "-"
    )
    return " ".join(bare.replace("-", " ").casefold().split())


def name_key(text: str) -> str:
    """
    Return a name without accents, capitals or punctuation: "Ó Súilleabháin" as "o suilleabhain".

    A few characters become many when they are taken apart, so that it is cut to what its column holds.
    """
    return folded(text)[:LONGEST_NAME_KEY]


def sounds_alike(one: str, other: str) -> bool:
    """
    Return whether two full names may be one name differently spelled.

    Words may come in either order; a slip of one letter is allowed in a short name and two in a longer one.
    """
    a, b = name_key(one), name_key(other)
    if not a or not b:
        return False
    forms = {a, " ".join(sorted(a.split()))}
    others = {b, " ".join(sorted(b.split()))}
    allowed = 1 if min(len(a), len(b)) < 8 else 2
    return any(_slips(x, y, allowed) <= allowed for x in forms for y in others)


def _slips(a: str, b: str, most: int) -> int:
    """Return the letters changed, added, dropped or swapped between two words, counting no further than `most` + 1."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        next_row = [i]
        for j, y in enumerate(b, start=1):
            cost = min(row[j] + 1, next_row[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            next_row.append(cost)
        before, row = row, next_row
    return row[-1]
