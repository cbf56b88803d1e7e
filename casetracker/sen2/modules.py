"""The modules of the return as its CSV export names them: columns, keys, and what each year calls them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Module(StrEnum):
    """A module; the value is what its file's name ends in."""

    SEN2 = "sen2"
    PERSON = "person"
    REQUESTS = "requests"
    ASSESSMENT = "assessment"
    NAMED_PLAN = "namedplan"
    PLAN_DETAIL = "plandetail"
    ACTIVE_PLANS = "activeplans"
    PLACEMENT = "placementdetail"
    NEED = "senneed"


@dataclass(frozen=True, slots=True)
class Shape:
    """One module's columns. `since` holds the collection year from which a column is in the return."""

    module: Module
    parent: Module | None
    columns: frozenset[str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    since: Mapping[str, int] = field(default_factory=dict)
    essential: bool = False

    @property
    def key(self) -> str:
        return f"{self.module}tableid"

    @property
    def parent_key(self) -> str:
        return f"{self.parent}tableid" if self.parent else ""

    @property
    def every_column(self) -> frozenset[str]:
        """Every column that may be there, the export's own among them."""
        own = {self.key, f"{self.module}orderseqcolumn", "nativeid", "sourceid"}
        return self.columns | own | ({self.parent_key} if self.parent else set())


def _columns(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MISSPELT = {"wpb": "wbp", "planwpb": "planwbp"}
SHAPES: Mapping[Module, Shape] = {
    shape.module: shape
    for shape in (
        Shape(
            Module.SEN2,
            None,
            _columns(
                "collection year referencedate sourcelevel lea softwarecode release serialno datetime dmo dco dsco"
            ),
            since={"dsco": 2025},
            essential=True,
        ),
        Shape(
            Module.PERSON,
            Module.SEN2,
            _columns("surname forename personbirthdate sex ethnicity postcode upn uniquelearnernumber upnunknown"),
            renamed={"gendercurrent": "sex", "gender": "sex"},
            essential=True,
        ),
        Shape(
            Module.REQUESTS,
            Module.PERSON,
            _columns(
                "receiveddate requestsource rya requestoutcomedate requestoutcome requestmediation requesttribunal "
                "exported"
            ),
            since={"requestsource": 2025},
            essential=True,
        ),
        Shape(
            Module.ASSESSMENT,
            Module.REQUESTS,
            _columns(
                "assessmentoutcome assessmentoutcomedate assessmentmediation assessmenttribunal othermediation "
                "othertribunal week20"
            ),
        ),
        Shape(
            Module.NAMED_PLAN,
            Module.ASSESSMENT,
            _columns("startdate planres planwbp pb oa dp ceasedate ceasereason"),
            renamed=_MISSPELT,
        ),
        Shape(
            Module.PLAN_DETAIL,
            Module.NAMED_PLAN,
            _columns("urn ukprn sensetting sensettingother placementrank senunitindicator resourcedprovisionindicator"),
        ),
        Shape(
            Module.ACTIVE_PLANS,
            Module.REQUESTS,
            _columns(
                "transferla reviewmeeting reviewoutcome lastreview reviewdraft phasetransferduedate "
                "phasetransferfinaldate res wbp"
            ),
            renamed=_MISSPELT,
            since={"reviewmeeting": 2024, "reviewoutcome": 2024, "reviewdraft": 2025, "phasetransferduedate": 2025},
        ),
        Shape(
            Module.PLACEMENT,
            Module.ACTIVE_PLANS,
            _columns(
                "urn ukprn sensetting sensettingother placementrank entrydate leavingdate senunitindicator "
                "resourcedprovisionindicator res wbp attendancepattern"
            ),
            renamed=_MISSPELT,
        ),
        Shape(Module.NEED, Module.ACTIVE_PLANS, _columns("sentype sentyperank")),
    )
}
"""Every module, with its place in the tree: person, request, then assessment and plan, or active plan."""
