"""What is said of each figure in plain English, and in easy read: short words, one thing in a sentence. Data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Plain:
    """What is said of one figure: `{}` takes the figure, `{of}` what it is made of, `{period}` what it is of."""

    heading: str
    says: str
    easy: tuple[str, ...]
    """Each a sentence of its own."""


WORDS: Mapping[str, Plain] = MappingProxyType(
    {
        "plans_within_20_weeks": Plain(
            "Plans that were on time",
            "In the {period}, {of} new plans were finished within 20 weeks of being asked for. That is {}. "
            "The law gives 20 weeks for every plan. Plans for which the law gives more time, and plans made after a "
            "disagreement, are not counted here.",
            (
                "A plan says what help a child will get.",
                "The law says that a plan must be ready in 20 weeks.",
                "This many were ready in time: {of}.",
            ),
        ),
        "decisions_within_6_weeks": Plain(
            "Answers that were on time",
            "In the {period}, {of} families were told within 6 weeks whether we would look into their child’s needs. "
            "That is {}. The law gives 6 weeks for every answer.",
            (
                "When you ask for a plan, we must say yes or no.",
                "The law says that we must answer in 6 weeks.",
                "This many had an answer in time: {of}.",
            ),
        ),
        "assessments_agreed": Plain(
            "How often we said yes",
            "In the {period}, we agreed to look into a child’s needs {of} times. That is {}.",
            ("You can ask us to look into what a child needs.", "We said yes this many times: {of}."),
        ),
        "requests": Plain(
            "How many families asked",
            "In the {period}, we were asked {} times to look into a child’s needs.",
            ("Families and schools can ask us for help for a child.", "We were asked this many times: {}."),
        ),
        "plans": Plain(
            "How many new plans there are",
            "In the {period}, we finished {} new plans, those made after a disagreement included.",
            ("We finished this many new plans: {}.",),
        ),
        "advice_within_6_weeks": Plain(
            "Reports that were on time",
            "In the {period}, {of} reports from schools, doctors, psychologists and others came within 6 weeks. That "
            "is {}.",
            (
                "People who know your child write reports for us.",
                "They have 6 weeks.",
                "This many came in time: {of}.",
            ),
        ),
        "wait_for_a_plan_median": Plain(
            "How long a plan takes",
            "In the {period}, half of the families waited less than {} for their plan, and half waited longer.",
            ("Half of the families waited less than {}.", "Half of them waited longer."),
        ),
        "open_cases": Plain(
            "How many families were waiting",
            "At the {period}, we were working on {} cases.",
            ("At the {period}, we were working for this many families: {}.",),
        ),
        "plans_within_20_weeks_including_exceptions": Plain(
            "Plans that were on time, with none left out",
            "In the {period}, {of} new plans were finished within 20 weeks of being asked for. That is {}. Plans for "
            "which the law gives more time are counted too. Plans made after a disagreement are not.",
            (
                "The law says that most plans must be ready in 20 weeks.",
                "Some plans may take longer. We count them here too.",
                "This many were ready in 20 weeks: {of}.",
            ),
        ),
        "no_plan_within_16_weeks": Plain(
            "Families told in time that there will be no plan",
            "In the {period}, {of} families whose child was assessed and will not have a plan were told so within 16 "
            "weeks. That is {}. The law gives 16 weeks.",
            (
                "Sometimes a child does not need a plan.",
                "The law says that we must tell the family in 16 weeks.",
                "This many were told in time: {of}.",
            ),
        ),
        "plans_with_an_exception": Plain(
            "Plans for which the law gives more time",
            "In the {period}, the law gave more time for {of} new plans, as when a child was away or a school was "
            "closed. That is {}.",
            (
                "Sometimes the law gives us more time to make a plan.",
                "Your school may have been closed, or you may have been away.",
                "That happened with this many plans: {of}.",
            ),
        ),
        "plans_20_to_52_weeks": Plain(
            "Plans that took up to a year",
            "In the {period}, {of} new plans took more than 20 weeks, and less than a year. That is {}.",
            ("Some plans were late.", "This many came within a year: {of}."),
        ),
        "plans_over_52_weeks": Plain(
            "Plans that took a year or more",
            "In the {period}, {of} new plans took a year or more. That is {}.",
            ("Some plans were very late.", "This many took a year or more: {of}."),
        ),
        "wait_for_a_plan_mean": Plain(
            "How long a plan takes, on average",
            "In the {period}, families waited {} on average for their plan.",
            ("This is how long families waited for a plan, on average: {}.",),
        ),
        "wait_for_a_plan_longest": Plain(
            "The longest wait for a plan",
            "In the {period}, the family that waited longest for a plan waited {}.",
            ("The longest that anybody waited for a plan was {}.",),
        ),
        "assessments": Plain(
            "How many children we began to assess",
            "In the {period}, we began to look into the needs of {} children and young people.",
            ("We began to find out what this many children need: {}.",),
        ),
        "mediations": Plain(
            "Families who asked for mediation",
            "In the {period}, families who did not agree with us asked {} times for mediation: a talk with somebody "
            "who takes no side.",
            (
                "If you do not agree with us, you can ask for a talk.",
                "Somebody who takes no side helps. This is called mediation.",
                "Families asked for it this many times: {}.",
            ),
        ),
        "appeals": Plain(
            "Families who appealed",
            "In the {period}, families who did not agree with us appealed {} times to the tribunal, which can change "
            "what we decided.",
            (
                "If you do not agree with us, you can ask a judge to decide.",
                "This is called an appeal.",
                "Families did so this many times: {}.",
            ),
        ),
        "appeals_that_changed_the_decision": Plain(
            "Appeals that changed what we decided",
            "In the {period}, {of} appeals that ended changed what we had decided. That is {}.",
            ("You can ask a judge to change what we decided.", "It was changed this many times: {of}."),
        ),
        "active_appeals": Plain(
            "Appeals that had not ended",
            "At the {period}, {} appeals had not ended.",
            (
                "You can ask a judge to change what we decided.",
                "At the {period}, this many families were waiting for an answer: {}.",
            ),
        ),
        "annual_reviews_in_time": Plain(
            "Yearly checks of plans that were on time",
            "In the {period}, {of} of the yearly checks of children’s plans that had to be finished were finished in "
            "time. That is {}. The law gives a year from the plan, or from the last check.",
            (
                "Every plan must be looked at again each year.",
                "The law says that this must be finished within a year.",
                "This many checks were finished in time: {of}.",
            ),
        ),
        "review_decisions_within_4_weeks": Plain(
            "Answers after a yearly check that were on time",
            "In the {period}, {of} families were told what we decided about the plan within 4 weeks of the meeting of "
            "its yearly check. That is {}. The law gives 4 weeks.",
            (
                "Each year there is a meeting about the plan.",
                "The law says that we must tell you what we decide in 4 weeks.",
                "This many were told in time: {of}.",
            ),
        ),
        "plans_good_or_outstanding": Plain(
            "How good the plans are",
            "In the {period}, {of} of the plans that were checked for quality were good or outstanding. That is {}.",
            (
                "We check some plans to see if they are good.",
                "This many were good or very good: {of}.",
            ),
        ),
        "open_over_20_weeks": Plain(
            "Families who had waited more than 20 weeks",
            "At the {period}, {of} of the cases we were working on had been open for more than 20 weeks. That is {}.",
            (
                "At the {period}, some families had waited more than 20 weeks.",
                "This many of those we were working for: {of}.",
            ),
        ),
        "open_wait_median": Plain(
            "How long families had waited so far",
            "At the {period}, half of the families we were working for had waited less than {}, and half longer.",
            ("At the {period}, half of the families had waited less than {}.", "Half of them had waited longer."),
        ),
        "open_wait_mean": Plain(
            "How long families had waited so far, on average",
            "At the {period}, the families we were working for had waited {} on average.",
            ("At the {period}, families had waited this long on average: {}.",),
        ),
        "open_wait_longest": Plain(
            "The longest wait so far",
            "At the {period}, the family that had waited longest had waited {}.",
            ("At the {period}, the longest that anybody had waited was {}.",),
        ),
        "plans_overdue": Plain(
            "Plans that were late",
            "At the {period}, {of} of the plans we were working on were past the day on which the law says they must "
            "be ready. That is {}.",
            ("The law says by when a plan must be ready.", "At the {period}, this many plans were late: {of}."),
        ),
        "overdue_with_psychology_ready": Plain(
            "Late plans that a psychologist had advised on",
            "At the {period}, a psychologist had given advice for {of} of the plans that were late. That is {}.",
            (
                "At the {period}, some plans were late.",
                "A psychologist had told us what the child needs for this many: {of}.",
            ),
        ),
        "overdue_awaiting_psychology": Plain(
            "Late plans that waited for a psychologist",
            "At the {period}, {of} of the plans that were late waited for a psychologist’s advice. That is {}.",
            (
                "At the {period}, some plans were late because we waited for a psychologist.",
                "That was so for this many: {of}.",
            ),
        ),
    }
)
