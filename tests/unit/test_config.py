"""Settings: what the environment may say, what stands where it says nothing, and what production refuses."""

import re
import stat
from pathlib import Path

import pytest

import config
from config import ConfigurationError

GOOD_SECRET = "q7Zr1-VxT0m9_Lk2WcYb8HsNf4Pd6Gj3"  # 32 different enough characters


def development(tmp_path: Path, **environ: str) -> dict[str, object]:
    """Return the settings of a development environment that keeps its data in a folder of the test's own."""
    return config.load({"CASETRACKER_DATA": str(tmp_path / "var"), **environ})


def production(**environ: str) -> dict[str, object]:
    """Return the settings of a production environment with nothing wrong but what the test says."""
    sound = {
        "CASETRACKER_ENVIRONMENT": "production",
        "SECRET_KEY": GOOD_SECRET,
        "DATABASE_URL": "postgresql://tracker:word@db.example/casetracker",
        "CELERY_BROKER_URL": "amqp://tracker:word@queue.example//",
        "COUNCIL_NAME": "Example County Council",
        "LOCAL_AUTHORITY_CODE": "931",
        "PUBLIC_ADDRESS": "https://tracker.example",
    }
    return config.load({**sound, **environ})


def problems(**environ: str) -> tuple[str, ...]:
    """Return why production refuses to start with these settings."""
    with pytest.raises(ConfigurationError) as refusal:
        production(**environ)
    return refusal.value.problems


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://u:p@h:5433/d", "postgresql+psycopg://u:p@h:5433/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+psycopg://u:p@h/d?sslmode=require"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:////srv/data/tracker.db", "sqlite:////srv/data/tracker.db"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_a_database_address_is_taken_as_hosts_give_it(given: str, meant: str, tmp_path: Path) -> None:
    assert config.database_url(given, data=tmp_path) == meant


def test_the_database_is_a_file_in_the_data_folder_when_none_is_named(tmp_path: Path) -> None:
    settings = development(tmp_path)
    assert settings["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/var/casetracker.db"


def test_a_relative_database_file_is_found_from_the_folder_the_command_was_given_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.database_url("sqlite:///mine.db", data=tmp_path) == f"sqlite:///{tmp_path}/mine.db"


@pytest.mark.parametrize("url", ["mysql://h/d", "oracle://h/d", "casetracker.db", "postgresql"])
def test_another_kind_of_database_is_refused_in_one_line(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"\ADATABASE_URL must start with .*\Z"):
        config.database_url(url, data=tmp_path)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////srv/a b.db", Path("/srv/a b.db")),
        ("sqlite:////srv/t.db?timeout=5", Path("/srv/t.db")),
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("postgresql+psycopg://h/d", None),
    ],
)
def test_the_file_of_an_address_is_known(url: str, file: Path | None) -> None:
    assert config.sqlite_file(url) == file


def test_development_makes_a_secret_once_that_only_its_owner_can_read(tmp_path: Path) -> None:
    first = development(tmp_path)["SECRET_KEY"]
    kept = tmp_path / "var" / "secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert isinstance(first, str)
    assert len(first) >= 48
    assert development(tmp_path)["SECRET_KEY"] == first
    assert development(tmp_path / "elsewhere")["SECRET_KEY"] != first


def test_a_data_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"\A.* cannot be made \(.*\): set CASETRACKER_DATA .*\Z"):
        config.load({"CASETRACKER_DATA": str(tmp_path / "file" / "var")})


def test_the_embedded_broker_has_its_folders_and_a_server_has_none(tmp_path: Path) -> None:
    development(tmp_path)
    assert (tmp_path / "var" / "broker" / "messages").is_dir()
    assert (tmp_path / "var" / "broker" / "control").is_dir()
    settings = config.celery_settings("amqp://h//", environment="production", data=tmp_path)
    assert settings["broker_url"] == "amqp://h//"
    assert settings["broker_transport_options"] == {}


def test_redis_gives_an_unfinished_task_back_within_the_hour(tmp_path: Path) -> None:
    settings = config.celery_settings("redis://h/0", environment="production", data=tmp_path)
    assert settings["broker_transport_options"]["visibility_timeout"] < 3600


def test_tests_leave_no_trace_in_the_data_folder(tmp_path: Path) -> None:
    settings = config.load({"CASETRACKER_ENVIRONMENT": "testing", "CASETRACKER_DATA": str(tmp_path / "var")})
    assert settings["TESTING"] is True
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("text", "meant"), [("true", True), ("YES", True), ("1", True), ("off", False), ("0", False), ("", False)]
)
def test_a_switch_is_read_from_words(text: str, meant: bool, tmp_path: Path) -> None:
    assert development(tmp_path, COUNT_DAY_ONE=text)["COUNT_DAY_ONE"] is meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COUNT_DAY_ONE", "perhaps"),
        ("LOCAL_AUTHORITY_CODE", "E10000025"),
        ("SESSION_IDLE_MINUTES", "half an hour"),
        ("PROXIES_IN_FRONT", "-1"),
        ("CASETRACKER_ENVIRONMENT", "staging"),
    ],
)
def test_a_setting_that_cannot_be_understood_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"\A{name} must be .*\Z"):
        development(tmp_path, **{name: value})


def test_the_stricter_readings_of_the_law_are_off_until_chosen(tmp_path: Path) -> None:
    settings = development(tmp_path)
    assert settings["COUNT_DAY_ONE"] is False
    assert settings["TIMELINESS_COUNTS_REOPENED"] is False


def test_sound_production_settings_are_accepted() -> None:
    settings = production()
    assert settings["ENVIRONMENT"] == "production"
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SESSION_COOKIE_HTTPONLY"] is True
    assert settings["SESSION_COOKIE_NAME"] == "__Host-session"


@pytest.mark.parametrize(
    ("secret", "complaint"),
    [
        ("", "SECRET_KEY is not set"),
        ("short", "SECRET_KEY is too easy to guess"),
        ("a" * 64, "SECRET_KEY is too easy to guess"),
        ("change-me-" + GOOD_SECRET, "SECRET_KEY is too easy to guess"),
    ],
    ids=["none", "short", "one letter", "a default"],
)
def test_production_refuses_a_weak_secret(secret: str, complaint: str) -> None:
    [problem] = problems(SECRET_KEY=secret)
    assert problem.startswith(complaint)


def test_production_refuses_cookies_without_tls() -> None:
    [problem] = problems(SESSION_COOKIE_SECURE="false")
    assert problem.startswith("SESSION_COOKIE_SECURE is off")


def test_production_names_everything_that_is_wrong_at_once_a_line_each() -> None:
    said = problems(
        SECRET_KEY="", SESSION_COOKIE_SECURE="no", DATABASE_URL="", COUNCIL_NAME="", LOCAL_AUTHORITY_CODE=""
    )
    assert [problem.split()[0] for problem in said] == [
        "SECRET_KEY",
        "SESSION_COOKIE_SECURE",
        "DATABASE_URL",
        "COUNCIL_NAME",
        "LOCAL_AUTHORITY_CODE",
    ]
    assert not [problem for problem in said if "\n" in problem]


def test_production_refuses_links_without_tls() -> None:
    [problem] = problems(PUBLIC_ADDRESS="http://tracker.example")
    assert problem.startswith("PUBLIC_ADDRESS is not an https address")


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"MAIL_ADAPTER": "pigeon"}, "MAIL_ADAPTER must be folder, smtp or notify"),
        ({"MAIL_ADAPTER": "smtp", "MAIL_FROM": "a@b.example"}, "MAIL_ADAPTER=smtp needs SMTP_HOST"),
        ({"MAIL_ADAPTER": "notify"}, "MAIL_ADAPTER=notify needs NOTIFY_API_KEY"),
        ({"SMTP_SECURITY": "perhaps"}, "SMTP_SECURITY must be none, starttls or tls"),
    ],
)
def test_a_way_for_mail_to_leave_that_cannot_work_is_refused(tmp_path: Path, settings, complaint) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        development(tmp_path, **settings)


def test_no_refusal_repeats_a_secret() -> None:
    assert "hunter2hunter2" not in "".join(problems(SECRET_KEY="hunter2hunter2"))


@pytest.mark.parametrize(("given", "kept"), [("", ""), ("60", "60"), ("62.5%", "62.5"), ("100", "100")])
def test_the_target_is_a_percentage(tmp_path, given, kept):
    assert config.load({"CASETRACKER_DATA": str(tmp_path), "TIMELINESS_TARGET": given})["TIMELINESS_TARGET"] == kept


@pytest.mark.parametrize("given", ["sixty", "101", "-5", "6O"])
def test_a_target_that_is_none_is_said(tmp_path, given):
    with pytest.raises(config.ConfigurationError, match="TIMELINESS_TARGET must be a percentage"):
        config.load({"CASETRACKER_DATA": str(tmp_path), "TIMELINESS_TARGET": given})


def test_every_setting_is_in_the_table_of_the_documents():
    read = set(re.findall(r'environ(?:\.get\(|, )"([A-Z_]+)"', (config.ROOT / "config.py").read_text(encoding="utf-8")))
    table = (config.ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    assert len(read) > 10 and {name for name in read if f"`{name}`" not in table} == set()
