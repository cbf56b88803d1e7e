"""The code lists that the rest of the tracker uses, from the file that says where each was learned (sen2.md)."""

from casetracker.sen2.book import Code, code_in, shipped

__all__ = ["Code", "code_in"]

HISTORICAL, YES, NO, AWAITED, WITHDRAWN, ANOTHER_AUTHORITY = "H", "Y", "N", "A", "W", "S"
REQUEST_OUTCOMES = shipped().lists["request_outcome"].codes
ASSESSMENT_OUTCOMES = shipped().lists["assessment_outcome"].codes
REQUEST_SOURCES = shipped().lists["request_source"].codes
SEN_TYPES = shipped().lists["sen_type"].codes
ETHNICITIES = shipped().lists["ethnicity"].codes
"""The main codes; an authority may use the DfE's extended list, whose codes a file may bring."""
UPN_UNKNOWN = shipped().lists["upn_unknown"].codes
CEASE_REASONS = shipped().lists["cease_reason"].codes
SEN_SETTINGS = shipped().lists["sen_setting"].codes
REVIEW_OUTCOMES = shipped().lists["review_outcome"].codes
RESIDENTIAL = shipped().lists["residential"].codes
WORK_BASED = shipped().lists["work_based"].codes
