"""The mails that go out: what each says, what may be put into it, and this authority's own wording where it has one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import MailTemplate, User

_FIELD = re.compile(r"\{\{\s*(\w*)\s*\}\}")
IN_SUBJECTS = frozenset({"reference", "advice", "council", "form", "count", "total", "week"})
"""What a subject may hold: nothing personal, since a subject is read on locked screens and over shoulders."""
LONGEST_SUBJECT, LONGEST_BODY = 150, 5_000


class TextWrong(ValueError):
    """A template cannot be sent as it is written. `field` is `subject` or `body`; the message is fit for beside it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Text:
    """One kind of mail: when it goes, what may be merged into it, and its words."""

    key: str
    when: str
    fields: tuple[str, ...]
    subject: str
    body: str
    is_own: bool = False
    """Whether these are the authority's own words."""


_ABOUT = ("reference", "initials", "advice", "due", "why", "link", "council", "team")
_SIGNED = "\n\n{{council}} SEND team"
SHIPPED: Mapping[str, Text] = {
    text.key: text
    for text in (
        Text(
            "advice_request",
            "A piece of advice is asked for",
            _ABOUT,
            "{{advice}} needed for {{reference}}",
            "To {{team}}\n\nWe are carrying out an Education, Health and Care needs assessment of {{initials}} "
            "(reference {{reference}}) and need your advice: {{advice}}.\n\nPlease give it by {{due}}. The law asks "
            "for it within six weeks ({{why}}; reg 8(1) of the SEND Regulations 2014).\n\nOpen the form here:\n"
            "{{link}}\n\nYou do not need an account. We will send a six-digit code to this mailbox each time, so "
            "anybody who reads this mailbox can carry on with what a colleague began. If you do not know the child, "
            "need more time, or somebody else should be asked, the same page lets you say so in one step." + _SIGNED,
        ),
        Text(
            "advice_chase_before",
            "Advice is due soon",
            (*_ABOUT, "days"),
            "{{advice}} for {{reference}} is due soon",
            "To {{team}}\n\nYour advice on {{initials}} (reference {{reference}}), {{advice}}, is due on {{due}}, in "
            "{{days}}.\n\nOpen the form here:\n{{link}}\n\nIf you need more time, the same page lets you say so "
            "and why." + _SIGNED,
        ),
        Text(
            "advice_chase_after",
            "Advice is overdue",
            (*_ABOUT, "days"),
            "{{advice}} for {{reference}} is overdue",
            "To {{team}}\n\nYour advice on {{initials}} (reference {{reference}}), {{advice}}, was due on {{due}}, "
            "{{days}} ago. A child’s plan waits for it.\n\nOpen the form here:\n{{link}}\n\nIf something stands "
            "in the way, please tell us on the same page." + _SIGNED,
        ),
        Text(
            "advice_chase_manager",
            "Overdue advice is taken to the service’s manager",
            (*_ABOUT, "days", "service"),
            "{{advice}} for {{reference}} is overdue: please step in",
            "To the manager of {{service}}\n\nYour service was asked for advice on {{initials}} (reference "
            "{{reference}}): {{advice}}. It was due on {{due}}, {{days}} ago, and reminders to the team’s "
            "mailbox have not brought it.\n\nPlease see that it is given, or tell us what stands in the way. The link "
            "is in the mails to your team’s mailbox; it cannot be opened from this one." + _SIGNED,
        ),
        Text(
            "access_code",
            "Somebody opens a link",
            ("code", "minutes", "council"),
            "Your code from {{council}}",
            "Your code is {{code}}\n\nIt works once, within {{minutes}} minutes. If you did not ask for it, you need "
            "do nothing: without it the link opens nothing." + _SIGNED,
        ),
        Text(
            "advice_returned",
            "Advice is sent back",
            ("reference", "initials", "advice", "missing", "link", "council"),
            "{{advice}} for {{reference}}: more is needed",
            "Thank you for your advice on {{initials}} (reference {{reference}}): {{advice}}. Before it can be used, "
            "this is needed:\n\n{{missing}}\n\nWhat you wrote is kept. Open it here, add what is missing and send it "
            "again:\n{{link}}" + _SIGNED,
        ),
        Text(
            "advice_accepted",
            "Advice is accepted",
            ("reference", "initials", "advice", "council"),
            "{{advice}} for {{reference}} accepted",
            "Your advice on {{initials}} (reference {{reference}}), {{advice}}, has been read and accepted. Thank "
            "you. For 28 days the link you were sent lets you read and print your copy." + _SIGNED,
        ),
        Text(
            "advice_news",
            "A giver has answered: to the named worker",
            ("reference", "initials", "advice", "what", "said", "link_case", "council"),
            "{{advice}} for {{reference}}: news from its giver",
            "{{initials}} (reference {{reference}}), {{advice}}: {{what}}.\n\n{{said}}\n\nOpen the case:\n"
            "{{link_case}}",
        ),
        Text(
            "all_links",
            "A mailbox asks for all that is asked of it",
            ("link", "count", "pieces", "council"),
            "Advice asked of you by {{council}}",
            "Asked of this mailbox: {{pieces}}. All that is asked is on this page:\n{{link}}\n\nIf you did "
            "not ask for this, you need do nothing." + _SIGNED,
        ),
        Text(
            "form_review",
            "A draft of a form is sent for comment and agreement",
            ("form", "body", "link", "until", "council"),
            "A draft for you to read: {{form}}",
            "To {{body}}\n\nWe have drafted a new version of a form: {{form}}. Please read it, comment on any "
            "question, and record your agreement when you are content with it, by {{until}}:\n{{link}}\n\nWe will "
            "send a six-digit code to this mailbox when you open it." + _SIGNED,
        ),
        Text(
            "digest",
            "Each working morning, to each worker and manager",
            ("name", "day", "count", "total", "changes", "standing", "deadlines", "link", "settings", "council"),
            "Your cases today: changed {{count}}, standing {{total}}",
            "Good morning, {{name}}. This is {{day}}.\n\n{{changes}}\n\n{{standing}}\n\n{{deadlines}}\n\n"
            "All your alerts:\n{{link}}\nWhen this mail comes, and what is in it:\n{{settings}}" + _SIGNED,
        ),
        Text(
            "weekly_summary",
            "Each Monday, to the head of service",
            ("name", "week", "timeliness", "standing", "breaches", "oldest", "teams", "link", "council"),
            "EHC needs assessments: the week to {{week}}",
            "Good morning, {{name}}. This is the week to {{week}}.\n\n{{timeliness}}\n\n{{standing}}\n\n{{breaches}}"
            "\n\n{{oldest}}\n\n{{teams}}\n\nEvery number opens its cases here:\n{{link}}" + _SIGNED,
        ),
    )
}
"""Every kind of mail, as it comes with the tracker."""


def texts() -> list[Text]:
    """Return every kind of mail in the words it goes out in."""
    own = {row.key: row for row in db.session.scalars(select(MailTemplate))}
    return [_own(text, own.get(text.key)) for text in SHIPPED.values()]


def text_of(key: str) -> Text:
    """
    Return a kind of mail in the words it goes out in.

    :raises KeyError: if there is no such kind
    """
    return _own(SHIPPED[key], db.session.get(MailTemplate, key))


def _own(text: Text, row: MailTemplate | None) -> Text:
    if row is None:
        return text
    return Text(text.key, text.when, text.fields, row.subject, row.body, is_own=True)


def merged(text: Text, fields: Mapping[str, str]) -> tuple[str, str]:
    """
    Return the subject and body with the fields put in.

    :raises KeyError: if the words want a field that was not given: nothing goes out half filled
    """

    def put(match: re.Match[str]) -> str:
        return fields[match[1]]

    subject = " ".join(_FIELD.sub(put, text.subject).split())
    return subject[:200], _FIELD.sub(put, text.body)


def check(key: str, subject: str, body: str) -> None:
    """
    Raise unless these words could go out as this kind of mail.

    :raises TextWrong: with what is wrong and where
    """
    if not subject.strip() or len(subject) > LONGEST_SUBJECT or "\n" in subject:
        raise TextWrong("subject", f"Enter a subject of one line, of {LONGEST_SUBJECT} characters or fewer")
    if not body.strip() or len(body) > LONGEST_BODY:
        raise TextWrong("body", f"Enter the text, of {LONGEST_BODY:,} characters or fewer")
    known = SHIPPED[key].fields
    for name, words in (("subject", subject), ("body", body)):
        _check_fields(name, words, known)
    personal = [field for field in _FIELD.findall(subject) if field not in IN_SUBJECTS]
    if personal:
        raise TextWrong("subject", f"A subject must hold nothing personal: take out {{{{{personal[0]}}}}}")
    if "{{link}}" in SHIPPED[key].body and "{{link}}" not in body.replace(" ", ""):
        raise TextWrong("body", "The text needs {{link}}: without it nobody can answer")


def _check_fields(name: str, words: str, known: Sequence[str]) -> None:
    unknown = next((field for field in _FIELD.findall(words) if field not in known), None)
    if unknown is not None:
        listed = ", ".join(f"{{{{{one}}}}}" for one in known)
        raise TextWrong(name, f"{{{{{unknown}}}}} is not one of this mail’s fields: {listed}")
    rest = _FIELD.sub("", words)
    if "{{" in rest or "}}" in rest:
        raise TextWrong(name, "A field is written {{like_this}}, with two brackets on each side")


def change(key: str, *, subject: str, body: str, by: User, at: datetime) -> None:
    """
    Send this kind of mail in the authority's own words from now on.

    :raises TextWrong: if they cannot go out
    """
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    check(key, subject, body)
    row = db.session.get(MailTemplate, key) or MailTemplate(key=key)
    row.subject, row.body, row.changed_at, row.changed_by_id = subject, body, at, by.id
    db.session.add(row)


def reset(key: str) -> None:
    """Send this kind of mail as it came with the tracker from now on."""
    row = db.session.get(MailTemplate, key)
    if row is not None:
        db.session.delete(row)
