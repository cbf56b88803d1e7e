"""Small returns and histories for tests, written to a folder as their files are."""

# ruff: noqa: E501  (rows of data, one to a line)

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

HEADERS = {
    "sen2": "sen2tableid,NativeId,collection,year,referencedate,sourcelevel,lea,dmo,dco",
    "person": "persontableid,NativeId,sen2tableid,surname,forename,personbirthdate,sex,ethnicity,postcode,upn,uniquelearnernumber,upnunknown",
    "requests": "requeststableid,persontableid,receiveddate,rya,requestoutcomedate,requestoutcome,requestmediation,requesttribunal,exported",
    "assessment": "assessmenttableid,requeststableid,assessmentoutcome,assessmentoutcomedate,assessmentmediation,assessmenttribunal,othermediation,othertribunal,week20",
    "namedplan": "namedplantableid,assessmenttableid,startdate,planres,planwbp,pb,oa,dp,ceasedate,ceasereason",
    "activeplans": "activeplanstableid,requeststableid,transferla,reviewmeeting,reviewoutcome,lastreview",
    "placementdetail": "placementdetailtableid,activeplanstableid,urn,ukprn,sensetting,sensettingother,placementrank,entrydate,leavingdate,senunitindicator,resourcedprovisionindicator,res,wbp",
    "senneed": "senneedtableid,activeplanstableid,sentype,sentyperank",
    "plandetail": "plandetailtableid,namedplantableid,urn,ukprn,sensetting,sensettingother,placementrank,senunitindicator,resourcedprovisionindicator",
}


def write_return(folder: Path, rows: Mapping[str, Sequence[Mapping[str, str]]], *, encoding: str = "utf-8") -> Path:
    """Write a return's nine files, with the rows given for each module, and its header over ours."""
    folder.mkdir(parents=True, exist_ok=True)
    header = {
        "sen2tableid": "1",
        "collection": "SEN2",
        "year": "2024",
        "referencedate": "2024-Jan-18 00:00:00",
        "lea": "931",
        **next(iter(rows.get("sen2", ())), {}),
    }
    for module, columns in HEADERS.items():
        with (folder / f"Blade-Export_01-02-2024_{module}.csv").open("w", newline="", encoding=encoding) as handle:
            writer = csv.DictWriter(handle, columns.split(","), restval="")
            writer.writeheader()
            writer.writerows([header] if module == "sen2" else rows.get(module, []))
    return folder


def case_of(
    number: int,
    *,
    received: str = "2023-Jan-02 00:00:00",
    decided: str = "2023-Feb-06 00:00:00",
    outcome: str = "Y",
    concluded: str = "2023-Apr-17 00:00:00",
    conclusion: str = "Y",
    start: str = "2023-May-15 00:00:00",
    week20: str = "0",
    mediation: str = "0",
) -> dict[str, list[dict[str, str]]]:
    """Return the rows of one child with a request, an assessment and a plan; empty `start` leaves the plan out."""
    n = str(number)
    return {
        "person": [{"persontableid": n, "sen2tableid": "1", "surname": f"Surname{n}", "forename": "Ada", "personbirthdate": "2014-Mar-01 00:00:00", "sex": "F", "upnunknown": "UN1"}],
        "requests": [{"requeststableid": n, "persontableid": n, "receiveddate": received, "requestoutcomedate": decided, "requestoutcome": outcome, "requestmediation": mediation, "requesttribunal": "0"}],
        "assessment": [{"assessmenttableid": n, "requeststableid": n, "assessmentoutcome": conclusion, "assessmentoutcomedate": concluded, "week20": week20}],
        "namedplan": [{"namedplantableid": n, "assessmenttableid": n, "startdate": start}] if start else [],
    }  # fmt: skip


def together(*cases: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, list[Mapping[str, str]]]:
    """Return several children's rows as one return's."""
    return {module: [row for case in cases for row in case.get(module, [])] for module in HEADERS}
