"""The modules of the return as data: the fields of each, what files call them, and the years they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

FIRST_YEAR, LAST_YEAR = 2023, 9999


class Module(StrEnum):
    """A module; the value is what its CSV file's name ends in."""

    SEN2 = "sen2"
    PERSON = "person"
    REQUESTS = "requests"
    ASSESSMENT = "assessment"
    NAMED_PLAN = "namedplan"
    PLAN_DETAIL = "plandetail"
    ACTIVE_PLANS = "activeplans"
    PLACEMENT = "placementdetail"
    NEED = "senneed"


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    """Figures that are a name: a URN, a year."""
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a module, by the column it has in the CSV export and its element in XML."""

    name: str
    element: str
    kind: Kind
    codes: str = ""
    """The code list it is of, by its name in `lists.json`."""
    longest: int = 200
    since: int = FIRST_YEAR
    """The collection year from which it is in the return."""
    until: int = LAST_YEAR
    was: tuple[str, str, int] | None = None
    """Its column and element up to a collection year."""

    def is_in(self, year: int) -> bool:
        """Return whether a return of this collection year has it."""
        return self.since <= year <= self.until

    def column_in(self, year: int) -> str:
        """Return what its column is called in a return of this collection year."""
        return self.was[0] if self.was and year <= self.was[2] else self.name

    def element_in(self, year: int) -> str:
        """Return what its element is called in a return of this collection year."""
        return self.was[1] if self.was and year <= self.was[2] else self.element


@dataclass(frozen=True, slots=True)
class Shape:
    """One module: its place, its element, its fields."""

    module: Module
    parent: Module | None
    element: str
    fields: tuple[Field, ...]
    misspelt: Mapping[str, str] = field(default_factory=dict)
    """Names that readers have for columns, by ours."""
    essential: bool = False

    @property
    def key(self) -> str:
        return f"{self.module}tableid"

    @property
    def parent_key(self) -> str:
        return f"{self.parent}tableid" if self.parent else ""

    @property
    def order_key(self) -> str:
        return f"{self.module}orderseqcolumn"

    @property
    def columns(self) -> frozenset[str]:
        """The columns of its fields, in any year."""
        return frozenset(f.name for f in self.fields)

    @property
    def renamed(self) -> Mapping[str, str]:
        """Other names of columns, by which a file may have them, and ours."""
        earlier = {f.was[0]: f.name for f in self.fields if f.was}
        return {**earlier, **self.misspelt}

    @property
    def every_column(self) -> frozenset[str]:
        """Every column that may be there, the export's own among them."""
        own = {self.key, self.order_key, "nativeid", "sourceid"}
        return self.columns | own | ({self.parent_key} if self.parent else set())


def _text(name: str, element: str, *, longest: int = 200, until: int = LAST_YEAR) -> Field:
    return Field(name, element, Kind.TEXT, longest=longest, until=until)


def _day(name: str, element: str, *, since: int = FIRST_YEAR) -> Field:
    return Field(name, element, Kind.DAY, longest=10, since=since)


def _flag(name: str, element: str, *, since: int = FIRST_YEAR) -> Field:
    return Field(name, element, Kind.FLAG, longest=1, since=since)


def _number(name: str, element: str, longest: int) -> Field:
    return Field(name, element, Kind.NUMBER, longest=longest)


def _code(
    name: str, element: str, codes: str, *, longest: int = 8, since: int = FIRST_YEAR, until: int = LAST_YEAR
) -> Field:
    return Field(name, element, Kind.CODE, codes, longest, since, until)


_MISSPELT = {"wpb": "wbp", "planwpb": "planwbp"}
_PLACE = (
    _number("urn", "URN", 6),
    _number("ukprn", "UKPRN", 8),
    _code("sensetting", "SENsetting", "sen_setting"),
    _text("sensettingother", "SENSettingOther"),
    _code("placementrank", "PlacementRank", "placement_rank"),
)
_UNITS = (
    _flag("senunitindicator", "SENunitIndicator"),
    _flag("resourcedprovisionindicator", "ResourcedProvisionIndicator"),
)
_ALL = (
    Shape(
        Module.SEN2,
        None,
        "Header",
        (
            _text("collection", "Collection", longest=10),
            _number("year", "Year", 4),
            _day("referencedate", "ReferenceDate"),
            _text("sourcelevel", "SourceLevel", longest=2),
            _number("lea", "LEA", 3),
            _text("softwarecode", "SoftwareCode", longest=40),
            _text("release", "Release", longest=20),
            _number("serialno", "SerialNo", 6),
            Field("datetime", "DateTime", Kind.MOMENT, longest=32),
            _flag("dmo", "DMO"),
            _flag("dco", "DCO"),
            _flag("dsco", "DSCO", since=2025),
        ),
        essential=True,
    ),
    Shape(
        Module.PERSON,
        Module.SEN2,
        "Person",
        (
            _text("surname", "Surname"),
            _text("forename", "Forename"),
            _day("personbirthdate", "PersonBirthDate"),
            Field("sex", "Sex", Kind.CODE, "sex", 8, was=("gendercurrent", "GenderCurrent", 2023)),
            _code("ethnicity", "Ethnicity", "ethnicity"),
            _text("postcode", "PostCode", longest=12),
            _text("upn", "UPN", longest=13),
            _number("uniquelearnernumber", "UniqueLearnerNumber", 10),
            _code("upnunknown", "UPNunknown", "upn_unknown"),
        ),
        {"gender": "sex"},
        essential=True,
    ),
    Shape(
        Module.REQUESTS,
        Module.PERSON,
        "Requests",
        (
            _day("receiveddate", "ReceivedDate"),
            _code("requestsource", "RequestSource", "request_source", since=2025),
            _flag("rya", "RYA"),
            _day("requestoutcomedate", "RequestOutcomeDate"),
            _code("requestoutcome", "RequestOutcome", "request_outcome"),
            _flag("requestmediation", "RequestMediation"),
            _flag("requesttribunal", "RequestTribunal"),
            _code("exported", "Exported", "exported", longest=40),
        ),
        essential=True,
    ),
    Shape(
        Module.ASSESSMENT,
        Module.REQUESTS,
        "Assessment",
        (
            _code("assessmentoutcome", "AssessmentOutcome", "assessment_outcome"),
            _day("assessmentoutcomedate", "AssessmentOutcomeDate"),
            _flag("assessmentmediation", "AssessmentMediation"),
            _flag("assessmenttribunal", "AssessmentTribunal"),
            _flag("othermediation", "OtherMediation"),
            _flag("othertribunal", "OtherTribunal"),
            _flag("week20", "Week20"),
        ),
    ),
    Shape(
        Module.NAMED_PLAN,
        Module.ASSESSMENT,
        "NamedPlan",
        (
            _day("startdate", "StartDate"),
            _code("planres", "PlanRes", "residential"),
            _code("planwbp", "PlanWBP", "work_based"),
            _flag("pb", "PB"),
            _flag("oa", "OA"),
            _code("dp", "DP", "direct_payment", longest=40),
            _day("ceasedate", "CeaseDate"),
            _code("ceasereason", "CeaseReason", "cease_reason"),
        ),
        _MISSPELT,
    ),
    Shape(Module.PLAN_DETAIL, Module.NAMED_PLAN, "PlanDetail", (*_PLACE, *_UNITS)),
    Shape(
        Module.ACTIVE_PLANS,
        Module.REQUESTS,
        "ActivePlans",
        (
            _number("transferla", "TransferLA", 3),
            _day("reviewmeeting", "ReviewMeeting", since=2024),
            _code("reviewoutcome", "ReviewOutcome", "review_outcome", since=2024),
            _day("lastreview", "LastReview"),
            _day("reviewdraft", "ReviewDraft", since=2025),
            _day("phasetransferduedate", "PhaseTransferDueDate", since=2025),
            _day("phasetransferfinaldate", "PhaseTransferFinalDate", since=2025),
            _code("res", "Res", "residential", until=2023),
            _code("wbp", "WBP", "work_based", until=2023),
        ),
        _MISSPELT,
    ),
    Shape(
        Module.PLACEMENT,
        Module.ACTIVE_PLANS,
        "PlacementDetail",
        (
            *_PLACE,
            _day("entrydate", "EntryDate"),
            _day("leavingdate", "LeavingDate"),
            *_UNITS,
            _code("res", "Res", "residential", since=2024),
            _code("wbp", "WBP", "work_based", since=2024),
            _text("attendancepattern", "AttendancePattern", longest=20, until=2023),
        ),
        _MISSPELT,
    ),
    Shape(
        Module.NEED,
        Module.ACTIVE_PLANS,
        "SENneed",
        (_code("sentype", "SENtype", "sen_type"), _code("sentyperank", "SENtypeRank", "need_rank")),
    ),
)
SHAPES: Mapping[Module, Shape] = {shape.module: shape for shape in _ALL}
"""
Every module, with its place in the tree: person, request, then assessment and plan, or active plan (sen2.md 2.2, 2.3).

The XML position of the authority's own DMO, DCO and DSCO, and the capitals of the elements that came in 2025, were not
seen in a specification.
"""
CHILDREN: Mapping[Module, tuple[Shape, ...]] = {m: tuple(s for s in _ALL if s.parent is m) for m in Module}
"""The modules that hang from each, in the order of the return."""


@cache
def fields_in(module: Module, year: int) -> tuple[Field, ...]:
    """Return the fields that a module has in a return of this collection year, in their order."""
    return tuple(f for f in SHAPES[module].fields if f.is_in(year))
