"""The directory: who could give a kind of advice, settings and services by name, who is in them, when they are shut."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.identifiers import name_key
from casetracker.models import Case, Closure, Service, ServicePerson, ServiceType, Setting
from casetracker.statute.advice import AdviceKind

PAGE = 50
_USUAL: Mapping[AdviceKind, ServiceType] = {
    AdviceKind.EDUCATIONAL: ServiceType.SETTING,
    AdviceKind.EARLY_YEARS: ServiceType.SETTING,
    AdviceKind.PREPARING_FOR_ADULTHOOD: ServiceType.SETTING,
    AdviceKind.MEDICAL: ServiceType.HEALTH,
    AdviceKind.SPEECH_LANGUAGE: ServiceType.HEALTH,
    AdviceKind.OCCUPATIONAL_THERAPY: ServiceType.HEALTH,
    AdviceKind.PHYSIOTHERAPY: ServiceType.HEALTH,
    AdviceKind.PSYCHOLOGICAL: ServiceType.PSYCHOLOGY,
    AdviceKind.SOCIAL_CARE: ServiceType.SOCIAL_CARE,
    AdviceKind.VISION: ServiceType.SENSORY,
    AdviceKind.HEARING: ServiceType.SENSORY,
    AdviceKind.MULTI_SENSORY: ServiceType.SENSORY,
}
"""The sort of body that usually gives each kind; the family's own views come from nobody in the directory."""


def givers_for(kind: AdviceKind, *, setting_id: int | None) -> list[Service]:
    """
    Return who could give a kind of advice on a child at a setting, the likeliest first.

    The child's own setting comes first where settings give it, then services for the whole authority: those whose
    first kind it is before those that also give it.
    """
    if kind is AdviceKind.PARENTAL:
        return []
    own = Service.setting_id == setting_id if setting_id is not None else Service.id.is_(None)
    query = select(Service).where(Service.active, or_(own, Service.covers_authority))
    able = [
        service for service in db.session.scalars(query.order_by(Service.name)) if _gives(service, kind, setting_id)
    ]
    return sorted(able, key=lambda service: (service.setting_id is None, _place(service, kind)))


def _gives(service: Service, kind: AdviceKind, setting_id: int | None) -> bool:
    if service.setting_id is not None and service.setting_id != setting_id:
        return False
    if service.kinds:
        return kind.value in service.kinds
    return service.type is _USUAL.get(kind, ServiceType.OTHER)


def _place(service: Service, kind: AdviceKind) -> int:
    return service.kinds.index(kind.value) if kind.value in service.kinds else len(service.kinds)


def services(*, text: str = "", active_only: bool = False) -> Sequence[Service]:
    """Return services by name, those with `text` in it where some is given."""
    query = select(Service).options(joinedload(Service.setting)).order_by(Service.active.desc(), Service.name)
    if text:
        query = query.where(func.lower(Service.name).contains(text.lower(), autoescape=True))
    if active_only:
        query = query.where(Service.active)
    return db.session.scalars(query.limit(500)).all()


def service(service_id: int) -> Service:
    """
    Return a service with its setting.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    query = select(Service).where(Service.id == service_id).options(joinedload(Service.setting))
    return db.session.scalars(query).one()


def service_of_setting(setting_id: int) -> Service | None:
    """Return the service that a setting is, where it has been asked for advice before."""
    return db.session.scalars(select(Service).where(Service.setting_id == setting_id).order_by(Service.id)).first()


def people(service_id: int) -> Sequence[ServicePerson]:
    """Return the people of a service, those who are still there first."""
    query = select(ServicePerson).where(ServicePerson.service_id == service_id)
    return db.session.scalars(query.order_by(ServicePerson.left_on.is_not(None), ServicePerson.name)).all()


def settings(text: str, *, page: int = 1) -> Sequence[Setting]:
    """Return settings whose URN is `text`, or whose name has every word of it: one page and one more."""
    query = select(Setting).order_by(Setting.closed_on.is_not(None), Setting.name, Setting.id)
    if text.isdecimal() and len(text) == 6:
        query = query.where(Setting.urn == text)
    else:
        query = query.where(*(Setting.name_key.contains(word, autoescape=True) for word in name_key(text).split()))
    return db.session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()


def setting(setting_id: int) -> Setting:
    """
    Return a setting.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    return db.session.scalars(select(Setting).where(Setting.id == setting_id)).one()


def names_by_urn(urns: Collection[str]) -> dict[str, str]:
    """Return the name of each setting that has one of these URNs."""
    found = db.session.execute(select(Setting.urn, Setting.name).where(Setting.urn.in_(urns)))
    return {urn: name for urn, name in found if urn}


def has_register() -> bool:
    """Return whether the DfE’s register was brought in: without it, a URN that is not here may yet be right."""
    return db.session.scalars(select(Setting.id).where(Setting.registered_on.is_not(None)).limit(1)).first() is not None


def open_cases(setting_id: int) -> int:
    """Return how many open cases there are of children at a setting."""
    query = select(func.count(Case.id)).where(Case.setting_id == setting_id, Case.is_open)
    return db.session.scalar(query) or 0


def closures_of(setting_id: int | None, *, after: date | None = None) -> Sequence[Closure]:
    """Return when a setting is closed, by day: its own calendar where it has one, and the authority's otherwise."""
    own = _closures(Closure.setting_id == setting_id, after) if setting_id is not None else []
    return own or _closures(Closure.setting_id.is_(None), after)


def _closures(whose: object, after: date | None) -> Sequence[Closure]:
    query = select(Closure).where(whose).order_by(Closure.starts_on)  # type: ignore[arg-type]
    return db.session.scalars(query.where(Closure.ends_on >= after) if after else query).all()
