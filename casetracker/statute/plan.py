"""The sections of an EHC plan, each of which must be set out on its own (reg 12(1))."""

from collections.abc import Mapping
from types import MappingProxyType

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "A": "Views, interests and aspirations of the child and the parent, or of the young person",
        "B": "Special educational needs",
        "C": "Health needs related to the special educational needs",
        "D": "Social care needs related to the special educational needs or to a disability",
        "E": "Outcomes",
        "F": "Special educational provision",
        "G": "Health provision, which the integrated care board must agree (reg 12(2))",
        "H1": "Social care provision under section 2 of the Chronically Sick and Disabled Persons Act 1970",
        "H2": "Other social care provision",
        "I": "The setting named, and its type: blank in a draft",
        "J": "Needs and outcomes to be met by a direct payment",
        "K": "The advice and information gathered, as appendices",
    }
)
APPEALABLE_SECTIONS = ("B", "F", "I")
"""What a plan says there can be appealed against (CFA 2014 s.51(2)(c))."""
BLANK_IN_A_DRAFT = frozenset({"I"})
