"""
Every setting the application has, read once from the environment into a plain dictionary.

`load()` is called by the edges that start a process (`wsgi.py`, the worker, the `casetracker` command), and what it
returns is handed to `create_app`; nothing in the package reads the environment itself.
"""

import os
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

# Before numpy is imported: its arrays are small here, and threads of its own only get in one another’s way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent
DEVELOPMENT, TESTING, PRODUCTION = "development", "testing", "production"
ENVIRONMENTS = (DEVELOPMENT, TESTING, PRODUCTION)
SHORTEST_SECRET = 32
FEWEST_DIFFERENT_CHARACTERS = 8
KNOWN_SECRETS = ("secret", "change", "password", "example", "development", "testing", "default")
MEGABYTE = 1024 * 1024
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})


class ConfigurationError(Exception):
    """The settings do not let the application start. `problems` has one plain line for each reason."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """
    Return the settings for this environment (the process's own when none is given).

    Makes the embedded broker's folders where it is used, and in development a secret that lasts (0600).

    :raises ConfigurationError: if a setting cannot be understood, or production would start unsafe
    """
    environ = os.environ if environ is None else environ
    environment = _environment(environ)
    data = Path(environ.get("CASETRACKER_DATA") or ROOT / "var").expanduser().resolve()
    database = database_url(environ.get("DATABASE_URL", ""), data=data)
    secure_cookies = _flag(environ, "SESSION_COOKIE_SECURE", default=environment == PRODUCTION)
    settings: dict[str, Any] = {
        "ENVIRONMENT": environment,
        "TESTING": environment == TESTING,
        "DATA_FOLDER": str(data),
        "SECRET_KEY": environ.get("SECRET_KEY", "") or _lasting_secret(environment, data),
        "SQLALCHEMY_DATABASE_URI": database,
        "SQLALCHEMY_ENGINE_OPTIONS": {} if database.startswith("sqlite") else {"pool_pre_ping": True},
        "CELERY": celery_settings(environ.get("CELERY_BROKER_URL", ""), environment=environment, data=data),
        "COUNCIL_NAME": environ.get("COUNCIL_NAME", ""),
        "LOCAL_AUTHORITY_CODE": _authority_code(environ),
        "COUNT_DAY_ONE": _flag(environ, "COUNT_DAY_ONE", default=False),
        "UNCONFIRMED_RULES": _flag(environ, "UNCONFIRMED_RULES", default=True),
        "TIMELINESS_TARGET": _percentage(environ, "TIMELINESS_TARGET"),
        "TIMELINESS_COUNTS_REOPENED": _flag(environ, "TIMELINESS_COUNTS_REOPENED", default=False),
        "PUBLIC_FIGURES": _flag(environ, "PUBLIC_FIGURES", default=False),
        "MAX_CONTENT_LENGTH": MEGABYTE,
        "MAX_UPLOAD_LENGTH": 256 * MEGABYTE,
        "SESSION_COOKIE_NAME": "__Host-session" if secure_cookies else "session",
        "SESSION_COOKIE_SECURE": secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": True,
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=_whole_number(environ, "SESSION_IDLE_MINUTES", default=30)),
        "WTF_CSRF_TIME_LIMIT": None,  # the token lasts as long as the session it belongs to
        "PREFERRED_URL_SCHEME": "https" if secure_cookies else "http",
        "PUBLIC_ADDRESS": environ.get("PUBLIC_ADDRESS", "").rstrip("/") or _own_address(environ),
        "MAIL": mail_settings(environ, data=data),
        "CLAMD_ADDRESS": environ.get("CLAMD_ADDRESS", ""),
        "MAX_ADVICE_FORM_LENGTH": 16 * MEGABYTE,  # a report pasted into every box, in a script of three bytes a letter
        "MAX_ADVICE_UPLOAD_LENGTH": 260 * MEGABYTE,  # ten files of 25 MB, and the form around them
        "SEN2_FILES": [name for name in environ.get("SEN2_FILES", "").split(os.pathsep) if name],
        "PROXIES_IN_FRONT": _whole_number(environ, "PROXIES_IN_FRONT", default=0),
    }
    problems = _unsafe(settings, environ) if environment == PRODUCTION else []
    if problems:
        raise ConfigurationError(*problems)
    _make_folders(settings["CELERY"]["broker_transport_options"])
    return settings


def mail_settings(environ: Mapping[str, str], *, data: Path) -> dict[str, Any]:
    """
    Return how mail leaves: into a folder of files (the default), by SMTP, or by GOV.UK Notify.

    :raises ConfigurationError: if it is none of these, or what it needs is not set
    """
    adapter = environ.get("MAIL_ADAPTER") or "folder"
    needed = {
        "folder": (),
        "smtp": ("SMTP_HOST", "MAIL_FROM"),
        "notify": ("NOTIFY_API_KEY", "NOTIFY_TEMPLATE_ID"),
    }.get(adapter)
    if needed is None:
        raise ConfigurationError(f"MAIL_ADAPTER must be folder, smtp or notify, not {adapter!r}")
    missing = [name for name in needed if not environ.get(name)]
    if missing:
        raise ConfigurationError(*(f"MAIL_ADAPTER={adapter} needs {name} to be set" for name in missing))
    security = environ.get("SMTP_SECURITY") or "starttls"
    if security not in ("none", "starttls", "tls"):
        raise ConfigurationError(f"SMTP_SECURITY must be none, starttls or tls, not {security!r}")
    return {
        "adapter": adapter,
        "folder": str(data / "mail"),
        "from": environ.get("MAIL_FROM") or "casetracker@localhost",
        "host": environ.get("SMTP_HOST", ""),
        "port": _whole_number(environ, "SMTP_PORT", default=465 if security == "tls" else 587),
        "user": environ.get("SMTP_USER", ""),
        "password": environ.get("SMTP_PASSWORD", ""),
        "security": security,
        "api_key": environ.get("NOTIFY_API_KEY", ""),
        "api_address": environ.get("NOTIFY_API_ADDRESS", ""),
        "template_id": environ.get("NOTIFY_TEMPLATE_ID", ""),
    }


def _own_address(environ: Mapping[str, str]) -> str:
    host = environ.get("CASETRACKER_HOST") or "127.0.0.1"
    return f"http://{host}:{environ.get('PORT') or 8000}"


def database_url(text: str, *, data: Path) -> str:
    """
    Return the SQLAlchemy address of the database: the SQLite file in the data folder when none is named.

    `postgres://` and `postgresql://` are what hosts hand out; both mean psycopg 3 here.

    :raises ConfigurationError: if it is neither SQLite nor PostgreSQL
    """
    if not text:
        return f"sqlite:///{data / 'casetracker.db'}"
    scheme, separator, rest = text.partition("://")
    if separator and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    if separator and scheme == "sqlite":
        file = sqlite_file(text)
        # A relative name means the folder the command was given in, whichever process opens the file later.
        return text if file is None else text.replace(str(file), str(file.absolute()), 1)
    raise ConfigurationError(
        "DATABASE_URL must start with postgresql:// or sqlite:// (for a file: sqlite:////full/path/casetracker.db)"
    )


def sqlite_file(url: str) -> Path | None:
    """Return the file an SQLite address names, or None for PostgreSQL and for a database in memory."""
    if not url.startswith("sqlite:///"):
        return None
    name = url.removeprefix("sqlite:///").partition("?")[0]
    return Path(name) if name and name != ":memory:" else None


def celery_settings(broker: str, *, environment: str, data: Path) -> dict[str, Any]:
    """
    Return Celery's settings for a broker address (when empty the embedded one: plain files in the data folder).

    Tasks are told of late and held one at a time, so that a killed worker gives back what it had; and the broker is
    tried only a little, so that one that is down cannot hang a page.
    """
    settings: dict[str, Any] = {
        "broker_url": broker or ("memory://" if environment == TESTING else "filesystem://localhost/"),
        "timezone": "Europe/London",
        "enable_utc": True,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "broker_connection_retry_on_startup": True,
        "task_publish_retry_policy": {"max_retries": 2, "interval_start": 0, "interval_max": 0.5},
        "task_serializer": "json",
        "accept_content": ["json"],
        "beat_schedule_filename": str(data / "beat-schedule"),
        "broker_transport_options": {},
    }
    if settings["broker_url"].startswith("filesystem"):
        messages, control = data / "broker" / "messages", data / "broker" / "control"
        settings["broker_transport_options"] = {
            "data_folder_in": str(messages),
            "data_folder_out": str(messages),
            "control_folder": str(control),
            "polling_interval": 0.5,
        }
    elif settings["broker_url"].startswith("redis"):
        settings["broker_transport_options"] = {"visibility_timeout": 900}
    return settings


def _environment(environ: Mapping[str, str]) -> str:
    environment = environ.get("CASETRACKER_ENVIRONMENT") or DEVELOPMENT
    if environment not in ENVIRONMENTS:
        raise ConfigurationError(
            f"CASETRACKER_ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}, not {environment!r}"
        )
    return environment


def _make_folders(transport: Mapping[str, Any]) -> None:
    """Make the folders the embedded broker keeps its messages in (a broker that is a server has none)."""
    for key in ("data_folder_in", "control_folder"):
        if key in transport:
            _make_folder(Path(transport[key]))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be made ({error.strerror}): set CASETRACKER_DATA to a folder you may write to"
        ) from None


def _lasting_secret(environment: str, data: Path) -> str:
    """Return development's own secret, made once; elsewhere one has to be given (production) or does not matter."""
    if environment == PRODUCTION:
        return ""
    if environment == TESTING:
        return "testing only: nothing outlives a test"
    _make_folder(data)
    file = data / "secret"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written ({error.strerror}): set CASETRACKER_DATA") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        secret = secrets.token_urlsafe(48)
        handle.write(secret)
    return secret


def _unsafe(settings: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Return why production may not start like this, one line for each reason."""
    problems = []
    if not environ.get("SECRET_KEY"):
        problems.append(
            "SECRET_KEY is not set: make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`"
        )
    elif _is_weak(environ["SECRET_KEY"]):
        problems.append(f"SECRET_KEY is too easy to guess: it needs {SHORTEST_SECRET} or more random characters")
    if not settings["SESSION_COOKIE_SECURE"]:
        problems.append("SESSION_COOKIE_SECURE is off: sign-in cookies would be sent without TLS; leave it unset")
    if not settings["PUBLIC_ADDRESS"].startswith("https://"):
        problems.append("PUBLIC_ADDRESS is not an https address: the links in mails begin with it")
    problems += [f"{name} is not set: {why}" for name, why in _NEEDED_IN_PRODUCTION if not environ.get(name)]
    return problems


_NEEDED_IN_PRODUCTION = (
    ("DATABASE_URL", "name the database, such as postgresql://user:password@host/casetracker"),
    ("COUNCIL_NAME", "it stands at the head of every page"),
    ("LOCAL_AUTHORITY_CODE", "give the three digits the Department for Education knows you by"),
)


def _is_weak(secret: str) -> bool:
    return (
        len(secret) < SHORTEST_SECRET
        or len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS
        or any(word in secret.lower() for word in KNOWN_SECRETS)
    )


def _authority_code(environ: Mapping[str, str]) -> str:
    code = environ.get("LOCAL_AUTHORITY_CODE") or "931"
    if not re.fullmatch(r"[0-9]{3}", code):
        raise ConfigurationError(f"LOCAL_AUTHORITY_CODE must be three digits, such as 931, not {code!r}")
    return code


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environ.get(name)
    if text is None or (text == "" and default):
        return default
    if text.strip().lower() in YES:
        return True
    if text.strip().lower() in NO:
        return False
    raise ConfigurationError(f"{name} must be true or false, not {text!r}")


def _whole_number(environ: Mapping[str, str], name: str, *, default: int) -> int:
    text = environ.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}")
    return int(text)


def _percentage(environ: Mapping[str, str], name: str) -> str:
    """Return a percentage as it was written, or nothing where none is set."""
    text = environ.get(name, "").strip().removesuffix("%")
    if text and not (re.fullmatch(r"[0-9]{1,3}([.][0-9])?", text) and float(text) <= 100):
        raise ConfigurationError(f"{name} must be a percentage such as 60, not {text!r}")
    return text
