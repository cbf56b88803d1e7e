"""The forms of what the return asks of a plan."""

import re
from datetime import date
from typing import Any

from wtforms import Form, StringField
from wtforms.validators import Regexp

from casetracker import clock
from casetracker.forms import RecordingForm, add_error, choice_field, day_field, text_field, tick_field
from casetracker.sen2 import placing
from casetracker.sen2.book import Code
from casetracker.sen2.codes import CEASE_REASONS, RESIDENTIAL, REVIEW_OUTCOMES, SEN_SETTINGS, SEN_TYPES
from casetracker.sen2.kept import Kept, Need, Placed

_RANKS = ((placing.PRIMARY, "Primary"), (placing.SECONDARY, "Secondary"))
_BEHIND_US = ("plan_started_on", "review_met_on", "last_review_on", "review_draft_on", "phase_transfer_final_on")
"""Days on which something happened. The day a plan is due before a phase transfer may be to come."""


def _choices(codes: tuple[Code, ...]) -> list[tuple[str, str]]:
    return [(code.code, code.label[0].upper() + code.label[1:]) for code in codes]


def _code_field(label: str, *, longest: int) -> StringField:
    """Make a field for a code whose list was not to be had: all that is known of it is its shape (sen2.md 2.3)."""
    return text_field(
        label,
        hint=f"The return’s code, up to {longest} letters and figures. The list of them is not known here",
        longest=longest,
        checks=(Regexp(placing.CODE, message=placing.CODE_SAID),),
    )


class NamedForm(Form):
    """A placement that a plan names."""

    rank = choice_field("Rank", _RANKS, blank="Choose")
    urn = text_field("URN", hint="6 figures", longest=6)
    ukprn = text_field("UKPRN", hint="8 figures, where there is no URN", longest=8)
    sen_setting = choice_field(
        "Arrangement", _choices(SEN_SETTINGS), hint="Only where there is neither", blank="There is a URN or UKPRN"
    )
    sen_setting_other = text_field("What arrangement", hint="Only for “Other”", longest=placing.LONGEST_OTHER)
    in_sen_unit = tick_field("In a SEN unit")
    in_resourced_provision = tick_field("In resourced provision")
    out = tick_field("Take this placement out")

    def is_filled(self) -> bool:
        """Return whether anything says where."""
        return bool(self.urn.data or self.ukprn.data or self.sen_setting.data)

    def is_whole(self, part: str, *, today: date) -> bool:
        """Put an error beside each part that cannot be; a row with nothing in it is no placement."""
        if self.out.data or not (self.is_filled() or self.rank.data):
            return True
        for fault in placing.faults(self.placed(part), today=today):
            if not self[fault.field].errors:
                add_error(self[fault.field], fault.text)
        return not self.errors

    def say(self, fault: placing.Fault) -> None:
        """Put what is wrong beside the field it is about, or beside the first where it is about the placement."""
        add_error(self[fault.field if fault.field in self else "rank"], fault.text)

    def placed(self, part: str) -> Placed:
        """Return what was filled in."""
        return Placed(
            part,
            rank=self.rank.data or "",
            urn=self.urn.data or "",
            ukprn=self.ukprn.data or "",
            sen_setting=self.sen_setting.data or "",
            sen_setting_other=self.sen_setting_other.data or "",
            in_sen_unit=bool(self.in_sen_unit.data),
            in_resourced_provision=bool(self.in_resourced_provision.data),
            **self.more(),
        )

    def more(self) -> dict[str, Any]:
        """Return what only an attended placement has."""
        return {}


class AttendedForm(NamedForm):
    """A placement that a child or young person attends, or has left."""

    entered_on = day_field("Day of entry")
    left_on = day_field("Day of leaving", hint="Leave empty while they are there")
    res = choice_field("Residential", _choices(RESIDENTIAL), blank="No")
    wbp = _code_field("Work-based learning: an apprenticeship or the like", longest=placing.LONGEST_WBP)

    def more(self) -> dict[str, Any]:
        """Return what only an attended placement has."""
        return {
            "entered_on": self.entered_on.data,
            "left_on": self.left_on.data,
            "res": self.res.data or "",
            "wbp": self.wbp.data or "",
        }


class PlanForm(RecordingForm):
    """The plan itself."""

    personal_budget = tick_field("There is a personal budget")
    organised_arrangements = tick_field("It is taken as organised arrangements")
    direct_payments = _code_field("Direct payments", longest=40)
    primary_need = choice_field("Primary need", _choices(SEN_TYPES), blank="As at the request")
    secondary_need = choice_field("Secondary need", _choices(SEN_TYPES), blank="None")
    plan_started_on = day_field("Day the plan began", hint="Only where no final plan is in the history")
    plan_res = choice_field("Residential placement named in it", _choices(RESIDENTIAL), blank="No")
    plan_wbp = _code_field("Work-based learning named in it", longest=placing.LONGEST_WBP)
    review_met_on = day_field("Day of the last annual review meeting")
    review_outcome = choice_field("What it decided", _choices(REVIEW_OUTCOMES), blank="Not known yet")
    last_review_on = day_field(
        "Day of the letter with the decision",
        hint="With it the review is finished, and stands in the history of the case",
    )
    review_draft_on = day_field("Day the amended draft was sent after it")
    phase_transfer_due_on = day_field("Day the plan is due before a phase transfer")
    phase_transfer_final_on = day_field("Day the final plan for it was sent")
    transfer_la = text_field("Authority it was transferred from", hint="3 figures", longest=3)
    cease_reason = choice_field(
        "Why the plan ceased",
        _choices(CEASE_REASONS),
        hint="The day is the one in the history",
        blank="It has not, or it is not known",
    )

    def validate(self, *args: object, **kwargs: object) -> bool:
        """Check each field, the authority’s number, and that what has happened has."""
        super().validate(*args, **kwargs)
        if self.transfer_la.data and not re.fullmatch(r"[0-9]{3}", self.transfer_la.data):
            add_error(self.transfer_la, "An authority’s number has 3 figures")
        for field in (self[name] for name in _BEHIND_US):
            if field.data is not None and field.data > clock.today():
                words = field.label.text
                add_error(field, f"The {words[:1].lower()}{words[1:]} cannot be in the future")
        return not self.errors

    def entered(self, placements: tuple[Placed, ...]) -> Kept:
        """Return what was filled in."""
        needs = [(self.primary_need.data, "1"), (self.secondary_need.data, "2")]
        return Kept(
            plan_started_on=self.plan_started_on.data,
            plan_res=self.plan_res.data or "",
            plan_wbp=self.plan_wbp.data or "",
            personal_budget=bool(self.personal_budget.data),
            organised_arrangements=bool(self.organised_arrangements.data),
            direct_payments=self.direct_payments.data or "",
            cease_reason=self.cease_reason.data or "",
            transfer_la=self.transfer_la.data or "",
            review_met_on=self.review_met_on.data,
            review_outcome=self.review_outcome.data or "",
            last_review_on=self.last_review_on.data,
            review_draft_on=self.review_draft_on.data,
            phase_transfer_due_on=self.phase_transfer_due_on.data,
            phase_transfer_final_on=self.phase_transfer_final_on.data,
            placements=placements,
            needs=tuple(Need(code, rank) for code, rank in needs if code),
        )
