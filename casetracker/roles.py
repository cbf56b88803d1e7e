"""Who does what here: roles, permissions, and which role holds which. Pure, so that tables may use it."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is here to do."""

    CASEWORKER = "caseworker"
    MANAGER = "manager"
    DATA_OFFICER = "data_officer"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a view needs of the person using it."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    SEE_CASES = "see_cases"
    WORK_CASES = "work_cases"
    ASSIGN_CASES = "assign_cases"
    SEE_OVERVIEW = "see_overview"
    SEE_ALERTS = "see_alerts"
    ACT_ON_ALERTS = "act_on_alerts"
    SEE_TIMELINESS = "see_timeliness"
    IMPORT = "import"
    SEE_JOBS = "see_jobs"
    RUN_JOBS = "run_jobs"


_EVERYBODY = {Permission.SIGNED_IN, Permission.SEE_TIMELINESS, Permission.SEE_CASES}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CASEWORKER: frozenset(_EVERYBODY | {Permission.WORK_CASES, Permission.SEE_ALERTS, Permission.SEE_OVERVIEW}),
    Role.MANAGER: frozenset(
        _EVERYBODY
        | {
            Permission.WORK_CASES,
            Permission.ASSIGN_CASES,
            Permission.SEE_OVERVIEW,
            Permission.SEE_ALERTS,
            Permission.ACT_ON_ALERTS,
            Permission.SEE_JOBS,
            Permission.RUN_JOBS,
        }
    ),
    Role.DATA_OFFICER: frozenset(_EVERYBODY | {Permission.SEE_OVERVIEW, Permission.IMPORT, Permission.SEE_JOBS}),
    Role.ADMINISTRATOR: frozenset(
        _EVERYBODY | {Permission.SEE_OVERVIEW, Permission.IMPORT, Permission.SEE_JOBS, Permission.RUN_JOBS}
    ),
}
"""What each role may do."""
