"""The forms of what the return asks of a plan."""

import re
from typing import Any

from wtforms import Form

from casetracker.forms import RecordingForm, add_error, choice_field, day_field, text_field, tick_field
from casetracker.sen2.book import Code
from casetracker.sen2.codes import CEASE_REASONS, RESIDENTIAL, REVIEW_OUTCOMES, SEN_SETTINGS, SEN_TYPES
from casetracker.sen2.kept import Kept, Need, Placed

_RANKS = (("1", "Primary"), ("2", "Secondary"))


def _choices(codes: tuple[Code, ...]) -> list[tuple[str, str]]:
    return [(code.code, code.label[0].upper() + code.label[1:]) for code in codes]


class NamedForm(Form):
    """A placement that a plan names."""

    rank = choice_field("Rank", _RANKS, blank="Choose")
    urn = text_field("URN", hint="6 figures", longest=6)
    ukprn = text_field("UKPRN", hint="8 figures, where there is no URN", longest=8)
    sen_setting = choice_field(
        "Arrangement", _choices(SEN_SETTINGS), hint="Only where there is neither", blank="There is a URN or UKPRN"
    )
    sen_setting_other = text_field("What arrangement", hint="Only for “Other”")
    in_sen_unit = tick_field("In a SEN unit")
    in_resourced_provision = tick_field("In resourced provision")
    out = tick_field("Take this placement out")

    def is_filled(self) -> bool:
        """Return whether anything says where."""
        return bool(self.urn.data or self.ukprn.data or self.sen_setting.data)

    def is_whole(self) -> bool:
        """Put an error beside each part that cannot be; a row with nothing in it is no placement."""
        if self.out.data or not (self.is_filled() or self.rank.data):
            return True
        self._check_where()
        if not self.rank.data:
            add_error(self.rank, "Choose whether it is the primary or the secondary placement")
        if self.sen_setting.data == "OTH" and not self.sen_setting_other.data:
            add_error(self.sen_setting_other, "Say what the arrangement is")
        return not self.errors

    def _check_where(self) -> None:
        if not self.is_filled():
            add_error(self.urn, "Enter a URN or a UKPRN, or choose an arrangement")
        elif self.sen_setting.data and (self.urn.data or self.ukprn.data):
            add_error(self.sen_setting, "A placement with a URN or UKPRN has no other arrangement")
        if self.urn.data and not re.fullmatch(r"[0-9]{6}", self.urn.data):
            add_error(self.urn, "A URN has 6 figures")
        if self.ukprn.data and not re.fullmatch(r"1[0-9]{7}", self.ukprn.data):
            add_error(self.ukprn, "A UKPRN has 8 figures and begins with 1")

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
    wbp = text_field("Work-based learning", hint="The code, for an apprenticeship or the like", longest=8)

    def is_whole(self) -> bool:
        """Put an error beside each part that cannot be."""
        whole = super().is_whole()
        if self.out.data or not self.is_filled():
            return whole
        entered, left = self.entered_on.data, self.left_on.data
        if entered is None and not self.entered_on.errors:
            add_error(self.entered_on, "Enter the day of entry")
        if entered is not None and left is not None and left < entered:
            add_error(self.left_on, "They cannot have left before they entered")
        return not self.errors

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
    direct_payments = text_field("Direct payments", hint="The return’s code", longest=40)
    primary_need = choice_field("Primary need", _choices(SEN_TYPES), blank="As at the request")
    secondary_need = choice_field("Secondary need", _choices(SEN_TYPES), blank="None")
    plan_started_on = day_field("Day the plan began", hint="Only where no final plan is in the history")
    plan_res = choice_field("Residential placement named in it", _choices(RESIDENTIAL), blank="No")
    plan_wbp = text_field("Work-based learning named in it", hint="The return’s code", longest=8)
    review_met_on = day_field("Day of the last annual review meeting")
    review_outcome = choice_field("What it decided", _choices(REVIEW_OUTCOMES), blank="Not known yet")
    last_review_on = day_field("Day of the letter with the decision")
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
        """Check each field, and the authority’s number."""
        right = bool(super().validate(*args, **kwargs))
        if self.transfer_la.data and not re.fullmatch(r"[0-9]{3}", self.transfer_la.data):
            add_error(self.transfer_la, "An authority’s number has 3 figures")
            return False
        return right

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
