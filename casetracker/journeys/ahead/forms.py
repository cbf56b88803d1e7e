"""What the dial and the two years ahead are asked with."""

from flask_wtf import FlaskForm

from casetracker.forecast.capacity import Change, Staff
from casetracker.forecast.dial import Order
from casetracker.forms import NumberField, RecordingForm, choice_field

MOST_PLANS = 100_000
ORDERS = (
    (Order.OLDEST.value, "Oldest first: those that have waited longest"),
    (Order.READIEST.value, "Readiest first: a draft sent, then a plan agreed, then the rest"),
)


class DialForm(RecordingForm):
    """How many overdue plans to issue, and which."""

    number = NumberField("Overdue plans to issue by the end of the month", least=0, most=MOST_PLANS, whole=True)
    order = choice_field("Which first", ORDERS, needed="Choose which plans are issued first", blank="Choose")


class CapacityForm(FlaskForm):
    """The staff there are, what the work takes, and the staff there might be."""

    psychologists = NumberField("Psychologists, whole-time", least=0, most=1000)
    psychologist_hours = NumberField("Hours a week each has for advice", least=1, most=60)
    hours_per_advice = NumberField("Hours for one piece of advice", least=1, most=200)
    caseworkers = NumberField("Plan writers, whole-time", least=0, most=1000)
    caseworker_hours = NumberField("Hours a week each has for plans", least=1, most=60)
    hours_per_plan = NumberField("Hours for one plan, draft to final", least=1, most=200)
    target = NumberField("Timeliness to keep to, in %", least=1, most=100)

    extra_psychologists = NumberField("More psychologists", least=0, most=1000)
    extra_caseworkers = NumberField("More plan writers", least=0, most=1000)
    extra_from = NumberField("Months until more staff start", least=0, most=24, whole=True)
    agency_psychologists = NumberField("Agency psychologists, from now", least=0, most=1000)
    agency_writers = NumberField("Agency plan writers, from now", least=0, most=1000)
    agency_months = NumberField("Months that agency staff stay", least=1, most=24, whole=True)

    @property
    def staff(self) -> Staff:
        """The staff there are."""
        return Staff(
            float(self.psychologists.data),
            float(self.psychologist_hours.data),
            float(self.hours_per_advice.data),
            float(self.caseworkers.data),
            float(self.caseworker_hours.data),
            float(self.hours_per_plan.data),
        )

    @property
    def changes(self) -> list[list[Change]]:
        """What is laid side by side: no change, extra staff, agency staff, both."""
        start, stay = int(self.extra_from.data), int(self.agency_months.data)
        extra = Change(
            "extra staff", float(self.extra_psychologists.data), float(self.extra_caseworkers.data), from_month=start
        )
        agency = Change(
            f"agency for {stay} {'month' if stay == 1 else 'months'}",
            float(self.agency_psychologists.data),
            float(self.agency_writers.data),
            for_months=stay,
        )
        return [[], [extra], [agency], [extra, agency]]
