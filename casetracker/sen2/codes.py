"""Code lists as data, with where each was learned and whether the DfE's own text was read (sen2.md)."""

from dataclasses import dataclass

from casetracker.csvin.refusals import BadValue


@dataclass(frozen=True, slots=True)
class Code:
    """One code and what it means."""

    code: str
    label: str
    verified: bool
    words: tuple[str, ...] = ()
    """Spellings other than the code that mean it."""


HISTORICAL, YES, NO, AWAITED, WITHDRAWN, ANOTHER_AUTHORITY = "H", "Y", "N", "A", "W", "S"
REQUEST_OUTCOMES = (
    Code(YES, "to assess", verified=False, words=("yes", "agreed", "assess")),
    Code(NO, "not to assess", verified=False, words=("no", "refused", "declined")),
    Code(AWAITED, "not yet decided", verified=False, words=("awaited", "awaiting", "outstanding", "pending")),
    Code(WITHDRAWN, "withdrawn", verified=False, words=("withdrawn",)),
    Code(HISTORICAL, "historical", verified=True, words=("historical", "historic")),
)
ASSESSMENT_OUTCOMES = (
    Code(YES, "plan to be issued", verified=False, words=("yes", "issued", "issue")),
    Code(NO, "plan not to be issued", verified=False, words=("no", "not issued", "refused")),
    Code(AWAITED, "not yet decided", verified=False, words=("awaited", "awaiting", "outstanding", "pending")),
    Code(WITHDRAWN, "withdrawn", verified=False, words=("withdrawn",)),
    Code(HISTORICAL, "historical", verified=True, words=("historical", "historic")),
    Code(ANOTHER_AUTHORITY, "plan issued after an assessment by another authority", verified=True),
)
REQUEST_SOURCES = (
    Code("1", "parent or young person", verified=True),
    Code("2", "school or other education setting", verified=True),
    Code("3", "health care professional", verified=True),
    Code("4", "social care professional", verified=True),
    Code("5", "other", verified=True),
)
SEN_TYPES = tuple(
    Code(code, label, verified=True)
    for code, label in (
        ("SPLD", "specific learning difficulty"),
        ("MLD", "moderate learning difficulty"),
        ("SLD", "severe learning difficulty"),
        ("PMLD", "profound and multiple learning difficulty"),
        ("SEMH", "social, emotional and mental health"),
        ("SLCN", "speech, language and communication needs"),
        ("HI", "hearing impairment"),
        ("VI", "vision impairment"),
        ("MSI", "multi-sensory impairment"),
        ("PD", "physical disability"),
        ("ASD", "autistic spectrum disorder"),
        ("DS", "Down syndrome"),
        ("OTH", "other difficulty or disability"),
    )
)

ETHNICITIES = tuple(
    Code(code, label, verified=False)
    for code, label in (
        ("WBRI", "White: British"),
        ("WIRI", "White: Irish"),
        ("WIRT", "White: Traveller of Irish heritage"),
        ("WROM", "White: Gypsy or Roma"),
        ("WOTH", "White: any other background"),
        ("MWBC", "Mixed: White and Black Caribbean"),
        ("MWBA", "Mixed: White and Black African"),
        ("MWAS", "Mixed: White and Asian"),
        ("MOTH", "Mixed: any other background"),
        ("AIND", "Asian: Indian"),
        ("APKN", "Asian: Pakistani"),
        ("ABAN", "Asian: Bangladeshi"),
        ("AOTH", "Asian: any other background"),
        ("BCRB", "Black: Caribbean"),
        ("BAFR", "Black: African"),
        ("BOTH", "Black: any other background"),
        ("CHNE", "Chinese"),
        ("OOTH", "Any other ethnic group"),
        ("REFU", "Refused"),
        ("NOBT", "Not obtained"),
    )
)
"""The main codes; an authority may use the DfE's extended list, whose codes a file may bring."""


def code_in(text: str, codes: tuple[Code, ...]) -> str:
    """
    Return the code in a cell, whether it stands there as a code or a word, in any case; empty for an empty cell.

    :raises BadValue: if the list has none such
    """
    word = text.strip().lower()
    if not word:
        return ""
    for code in codes:
        if word == code.code.lower() or word in code.words:
            return code.code
    raise BadValue("this code is not in the list: " + ", ".join(code.code for code in codes))
