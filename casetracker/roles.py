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
    LINK = "link"
    """No account: a session that a link and a code to its mailbox gave (services/access.py)."""
    READING = "reading"
    """No account: a program with a token to read figures (services/tokens.py)."""
    SIGNED_IN = "signed_in"
    SEE_CASES = "see_cases"
    WORK_CASES = "work_cases"
    CHANGE_DETAILS = "change_details"
    """Put right what is known of a child and a case; what happened is for those who work it."""
    ASSIGN_CASES = "assign_cases"
    SEE_OVERVIEW = "see_overview"
    SEE_FORECASTS = "see_forecasts"
    MANAGE_FORECASTS = "manage_forecasts"
    """Put another fit of the forecast in use."""
    PLAN_AHEAD = "plan_ahead"
    """Save a plan for the backlog, and the staff that the two years ahead are worked out with."""
    SEE_ALERTS = "see_alerts"
    ACT_ON_ALERTS = "act_on_alerts"
    """
    Act on any alert, and set how they are raised.

    Saying what will be done about those of one's own cases, and commenting on them, is `SEE_ALERTS`.
    """
    SEE_TIMELINESS = "see_timeliness"
    SEE_MEASURES = "see_measures"
    FREEZE_FIGURES = "freeze_figures"
    """Keep a figure as it is reported."""
    ENTER_FIGURES = "enter_figures"
    """Bring figures that the tracker cannot know."""
    SEE_BOARD = "see_board"
    """See the board's indicators, and the nation's figures beside the authority's."""
    EDIT_BOARD = "edit_board"
    """Set targets and baselines, write notes, choose neighbours."""
    MAKE_REPORTS = "make_reports"
    """Write and issue highlight reports. Reading those that were issued is `SEE_BOARD`."""
    IMPORT = "import"
    MAKE_RETURN = "make_return"
    """Make the SEN2 return, explain what is queried, sign it off."""
    RECORD_PLACEMENTS = "record_placements"
    """Enter what the return asks of a plan: placements, needs, reviews."""
    SEE_JOBS = "see_jobs"
    RUN_JOBS = "run_jobs"
    SEE_ADVICE = "see_advice"
    """Read what advice says. Asking, accepting and returning it is `WORK_CASES`."""
    SEE_ACCEPTED_ADVICE = "see_accepted_advice"
    """Read the accepted advice of one's own case: for the family's page, and so held by no role of staff."""
    SEE_ADVICE_FIGURES = "see_advice_figures"
    SEE_DIRECTORY = "see_directory"
    MANAGE_DIRECTORY = "manage_directory"
    SEE_FORMS = "see_forms"
    MANAGE_FORMS = "manage_forms"
    SEE_MAIL = "see_mail"
    """See what goes out; hold a chase or send it now."""
    MANAGE_MAIL = "manage_mail"
    """Retry what could not be sent, and change the wording of mails."""
    NAME_HEADS = "name_heads"
    """Say who heads the service, and so gets its weekly summary."""
    MANAGE_PROGRAMS = "manage_programs"
    """Let programs read figures, and stop them."""


_EVERYBODY = {
    Permission.SIGNED_IN,
    Permission.SEE_TIMELINESS,
    Permission.SEE_MEASURES,
    Permission.SEE_BOARD,
    Permission.SEE_CASES,
    Permission.SEE_ADVICE_FIGURES,
    Permission.SEE_DIRECTORY,
    Permission.SEE_FORMS,
}
_CASEWORK = {
    Permission.WORK_CASES,
    Permission.CHANGE_DETAILS,
    Permission.RECORD_PLACEMENTS,
    Permission.SEE_ALERTS,
    Permission.SEE_OVERVIEW,
    Permission.SEE_FORECASTS,
    Permission.SEE_ADVICE,
    Permission.MANAGE_DIRECTORY,
    Permission.SEE_MAIL,
}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CASEWORKER: frozenset(_EVERYBODY | _CASEWORK),
    Role.MANAGER: frozenset(
        _EVERYBODY
        | _CASEWORK
        | {
            Permission.ASSIGN_CASES,
            Permission.EDIT_BOARD,
            Permission.MAKE_REPORTS,
            Permission.PLAN_AHEAD,
            Permission.FREEZE_FIGURES,
            Permission.MANAGE_FORECASTS,
            Permission.ACT_ON_ALERTS,
            Permission.SEE_JOBS,
            Permission.RUN_JOBS,
            Permission.MANAGE_MAIL,
        }
    ),
    Role.DATA_OFFICER: frozenset(
        _EVERYBODY
        | {
            Permission.SEE_OVERVIEW,
            Permission.SEE_FORECASTS,
            Permission.IMPORT,
            Permission.MAKE_RETURN,
            Permission.CHANGE_DETAILS,
            Permission.RECORD_PLACEMENTS,
            Permission.SEE_JOBS,
            Permission.MANAGE_DIRECTORY,
            Permission.EDIT_BOARD,
            Permission.FREEZE_FIGURES,
            Permission.ENTER_FIGURES,
            Permission.MAKE_REPORTS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        _EVERYBODY
        | {
            Permission.SEE_OVERVIEW,
            Permission.SEE_FORECASTS,
            Permission.PLAN_AHEAD,
            Permission.MANAGE_FORECASTS,
            Permission.IMPORT,
            Permission.MAKE_RETURN,
            Permission.RECORD_PLACEMENTS,
            Permission.SEE_JOBS,
            Permission.RUN_JOBS,
            Permission.MANAGE_DIRECTORY,
            Permission.MANAGE_FORMS,
            Permission.SEE_MAIL,
            Permission.MANAGE_MAIL,
            Permission.NAME_HEADS,
            Permission.MANAGE_PROGRAMS,
        }
    ),
}
"""What each role may do."""
