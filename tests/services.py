"""What the tests use when it is there: database servers, brokers, a browser, the shared data; and how they say so."""

import os
import shutil
import socket
import sys
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
BROKERS = {"rabbitmq": "amqp://guest:guest@127.0.0.1:5672//", "redis": "redis://127.0.0.1:6379/15"}
POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SECONDS_TO_ANSWER = 3


@cache
def postgresql_url() -> str | None:
    """Return the address of a PostgreSQL server, with a superuser's name, or None where none answers so."""
    url = os.environ.get("TEST_POSTGRES_URL") or POSTGRESQL
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise pytest.UsageError("TEST_POSTGRES_URL must start with postgresql://")
    try:
        with psycopg.connect(f"postgresql://{rest}", connect_timeout=SECONDS_TO_ANSWER) as connection:
            is_superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.Error:
        return None
    return f"postgresql+psycopg://{rest}" if is_superuser == (True,) else None


@cache
def broker_urls() -> dict[str, str]:
    """Return the brokers that answer, by name: `rabbitmq`, `redis` (`TEST_BROKER_URLS` lists others, with commas)."""
    wanted = BROKERS
    if os.environ.get("TEST_BROKER_URLS"):
        listed = [url.strip() for url in os.environ["TEST_BROKER_URLS"].split(",") if url.strip()]
        wanted = {"redis" if url.startswith("redis") else "rabbitmq": url for url in listed}
    return {name: url for name, url in wanted.items() if _answers(url)}


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or (6379 if parts.scheme.startswith("redis") else 5672)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", port), timeout=SECONDS_TO_ANSWER):
            return True
    except OSError:
        return False


@cache
def chromium_path() -> str | None:
    """Return the browser for the journeys: `CHROMIUM`, or Debian's, or whichever is on the path."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)


@cache
def clamd_path() -> str | None:
    """Return the virus scanner; Debian keeps it where only root looks."""
    return shutil.which("clamd") or shutil.which("/usr/sbin/clamd")


@cache
def shared_data() -> Path | None:
    """Return the folder of shared files (returns, published figures): `CASETRACKER_SHARED`, or `shared` beside us."""
    folder = Path(os.environ.get("CASETRACKER_SHARED") or ROOT.parent / "shared")
    return folder if (folder / "data").is_dir() else None


def missing(name: str) -> str | None:
    """Return why `name` cannot be used, in words, or None when it can."""
    if name == "postgresql":
        return None if postgresql_url() else "no PostgreSQL server answers a superuser (set TEST_POSTGRES_URL)"
    if name in BROKERS:
        return None if name in broker_urls() else f"no {name} server answers (set TEST_BROKER_URLS)"
    if name == "chromium":
        return None if chromium_path() else "chromium is not installed (set CHROMIUM)"
    if name == "clamd":
        return None if clamd_path() else "clamd is not installed (Debian: clamav-daemon)"
    if name == "shared":
        return None if shared_data() else "the shared data folder is not there (set CASETRACKER_SHARED)"
    raise ValueError(f"there is no service called {name!r}")


def required() -> frozenset[str]:
    """Return what must be there: what `CASETRACKER_REQUIRE` lists."""
    listed = os.environ.get("CASETRACKER_REQUIRE", "")
    return frozenset(name.strip() for name in listed.split(",") if name.strip())


def require(name: str) -> None:
    """Go on only where `name` can be used: skip the test with the reason, or fail it where CI requires it."""
    reason = missing(name)
    if reason is None:
        return
    if name in required():
        pytest.fail(f"{name} is required here, but {reason}", pytrace=False)
    pytest.skip(f"{name}: {reason}")


def main() -> int:
    """Say what of `CASETRACKER_REQUIRE` is missing; return how many are."""
    reasons = [f"{name} is required here, but {reason}" for name in sorted(required()) if (reason := missing(name))]
    sys.stdout.write("".join(f"{reason}\n" for reason in reasons))
    if reasons:
        sys.stdout.write(f"0 passed, {len(reasons)} failed\n")
    return len(reasons)


if __name__ == "__main__":
    sys.exit(main())
