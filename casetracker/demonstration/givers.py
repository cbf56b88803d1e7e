"""Whom the made-up county asks for advice: services, mailboxes, term dates and the forms they give it on."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import insert, select, update

from casetracker.demonstration.names import PLACES
from casetracker.extensions import db
from casetracker.identifiers import name_key
from casetracker.models import Advice, AgreedForm, Case, Closure, Service, ServicePerson, ServiceType, Setting
from casetracker.services import agreed_forms
from casetracker.statute.advice import AdviceKind as K

DOMAIN = "thameshire.example"
SERVICES = (
    ("Community health: single point of access", ServiceType.HEALTH, (K.MEDICAL,), "health.advice", "Dr Ifeoma Bright"),
    ("Educational psychology", ServiceType.PSYCHOLOGY, (K.PSYCHOLOGICAL,), "psychology", "Tomasz Wren"),
    ("Social care: EHC advice", ServiceType.SOCIAL_CARE, (K.SOCIAL_CARE,), "social.care", "Harriet Oduya"),
    ("Sensory teachers", ServiceType.SENSORY, (K.VISION, K.HEARING, K.MULTI_SENSORY), "sensory", "Ewan Marsh"),
    ("Speech and language therapy", ServiceType.HEALTH, (K.SPEECH_LANGUAGE,), "speech", "Nasreen Pike"),
    (
        "Occupational therapy and physiotherapy",
        ServiceType.HEALTH,
        (K.OCCUPATIONAL_THERAPY, K.PHYSIOTHERAPY),
        "therapies",
        "Lowri Stone",
    ),
)
_HOLIDAYS = (
    ("autumn half term", (10, 26), (10, 30)),
    ("Christmas", (12, 21), (1, 1)),
    ("spring half term", (2, 15), (2, 19)),
    ("Easter", (4, 1), (4, 16)),
    ("summer half term", (5, 31), (6, 4)),
    ("summer closure", (7, 22), (9, 1)),
)


def equip(settings: Sequence[int], *, today: date, at: datetime) -> None:
    """Give the county its services, the mailboxes of its schools, its holidays and its forms."""
    _settings(today)
    services = [_service(*row) for row in SERVICES]
    schools = [
        Service(
            name=f"{setting.name} ({setting.urn})",
            type=ServiceType.SETTING,
            setting_id=setting.id,
            mailbox=f"senco.{setting.urn}@{DOMAIN}",
            kinds=[],
            covers_authority=False,
        )
        for setting in db.session.scalars(select(Setting).where(Setting.id.in_(settings)))
    ]
    db.session.add_all([*services, *schools])
    db.session.flush()  # their ids go on the people and the advice
    db.session.add_all(
        ServicePerson(service_id=service.id, name=service.manager_name, role="Manager", email=service.manager_email)
        for service in services
    )
    db.session.execute(insert(Closure), _holidays(today))
    agreed_forms.install_shipped(at=at, today=today)
    db.session.flush()
    _ask(services)


def _settings(today: date) -> None:
    for setting in db.session.scalars(select(Setting)):
        setting.name_key = name_key(setting.name)
        setting.type, setting.status, setting.registered_on = "Community school", "Open", today
        setting.address, setting.authority_code = f"School Lane\n{PLACES[setting.id % len(PLACES)]}", "931"


def _service(name: str, kind: ServiceType, gives: tuple[K, ...], mailbox: str, manager: str) -> Service:
    return Service(
        name=name,
        type=kind,
        kinds=[one.value for one in gives],
        mailbox=f"{mailbox}@{DOMAIN}",
        manager_name=manager,
        manager_email=f"{mailbox}.manager@{DOMAIN}",
    )


def _holidays(today: date) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for year in range(today.year - 1, today.year + 2):
        for name, (month, first), (last_month, last) in _HOLIDAYS:
            starts_on = date(year, month, first)
            ends_on = date(year + (last_month < month), last_month, last)
            found.append(
                {
                    "setting_id": None,
                    "name": name,
                    "starts_on": starts_on,
                    "ends_on": ends_on,
                    "source": "demonstration",
                }
            )
    return found


def _ask(services: Sequence[Service]) -> None:
    """Say who gives each piece of advice, and on which form those still waited for will be given."""
    forms = {
        form.advice_kind: form.id for form in db.session.scalars(select(AgreedForm).where(~AgreedForm.for_young_person))
    }
    for service in services:
        for word in service.kinds:
            _set(K(word), service_id=service.id, form_id=forms.get(K(word)), mailbox=service.mailbox)
    own = select(Service.id).join(Case, Case.setting_id == Service.setting_id).where(Case.id == Advice.case_id)
    mailbox = select(Service.mailbox).join(Case, Case.setting_id == Service.setting_id).where(Case.id == Advice.case_id)
    for kind in (K.EDUCATIONAL, K.EARLY_YEARS):
        _set(
            kind,
            service_id=own.limit(1).scalar_subquery(),
            form_id=forms.get(kind),
            mailbox=mailbox.limit(1).scalar_subquery(),
        )


def _set(kind: K, **values: object) -> None:
    db.session.execute(update(Advice).where(Advice.kind == kind).values(values))
