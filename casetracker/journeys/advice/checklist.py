"""What a reader checks of advice before accepting it, by kind, with what asks for it. Pure data."""

from collections.abc import Mapping, Sequence

from casetracker.statute.advice import AdviceKind

_ALL = (
    ("needs", "It says what the child’s or young person’s special educational needs are (reg 6(1))"),
    ("provision", "It says what provision is required, specific enough to be delivered (reg 6(1); Code 9.51)"),
    ("outcomes", "It says what outcomes the provision is meant to achieve (reg 6(1))"),
    ("basis", "It says when and how the child was seen, and what else it rests on (Code 9.51)"),
    ("plain", "A parent could understand it, and it stays within its giver’s expertise (Code 9.47, 9.51)"),
)
_HEALTH = ("health", "Health provision that educates or trains is told apart from other health provision (CFA s.21(5))")
_SOCIAL = ("social", "It says what is provided under s.2 of the 1970 Act and what is reasonably required (Code 9.62)")
_ADULT = ("adulthood", "It covers work, independent living, taking part in society and health (reg 6(1)(g); Code 9.53)")
_EDUCATION = ("graduated", "It says what the setting has done already, and what came of it (Code 9.14)")
_OWN = (
    ("own_words", "The views are their own, and who helped is said (CFA s.19)"),
    ("wishes", "It says what they want to happen (CFA s.19)"),
)
_MORE: Mapping[AdviceKind, Sequence[tuple[str, str]]] = {
    AdviceKind.MEDICAL: (_HEALTH,),
    AdviceKind.SPEECH_LANGUAGE: (_HEALTH,),
    AdviceKind.OCCUPATIONAL_THERAPY: (_HEALTH,),
    AdviceKind.PHYSIOTHERAPY: (_HEALTH,),
    AdviceKind.SOCIAL_CARE: (_SOCIAL,),
    AdviceKind.PREPARING_FOR_ADULTHOOD: (_ADULT,),
    AdviceKind.EDUCATIONAL: (_EDUCATION,),
    AdviceKind.EARLY_YEARS: (_EDUCATION,),
}


def checklist(kind: AdviceKind) -> tuple[tuple[str, str], ...]:
    """Return what to check of advice of this kind: a key and the words of each."""
    return _OWN if kind is AdviceKind.PARENTAL else (*_ALL, *_MORE.get(kind, ()))
