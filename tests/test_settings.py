"""Settings come from the environment and one file; what is not understood stops the start, in one line each."""

from pathlib import Path

import pytest

from helpcenter.paths import bundled
from helpcenter.settings import Settings, SettingsError, load_settings

SECRET = "x" * 32


def complaint(environ: dict[str, str]) -> str:
    """Return what is said about *environ*."""
    with pytest.raises(SettingsError) as refused:
        load_settings(environ)
    return str(refused.value)


def file_of(folder: Path, text: str | bytes) -> dict[str, str]:
    """Return an environment that names a settings file of *text*."""
    path = folder / "helpcenter.env"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return {"HELPCENTER_SETTINGS_FILE": str(path)}


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load_settings({})

    assert settings == Settings()
    assert settings.articles == bundled("articles")
    assert settings.database == f"sqlite:///{Path('var/helpcenter.sqlite3').resolve()}"


def test_the_process_itself_is_not_asked_when_an_environment_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPCENTER_MAIL_FROM", "ann@example.org")

    assert load_settings({}).mail_from == "help@localhost"
    assert load_settings().mail_from == "ann@example.org"


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_an_empty_value_counts_as_not_set() -> None:
    assert load_settings({"HELPCENTER_DATA": "", "HELPCENTER_PROXY_HOPS": ""}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environ = file_of(tmp_path, "# of the operator\nHELPCENTER_MAIL_FROM=file@example.org\nHELPCENTER_LOG_LEVEL='error'\n\nPGPASSWORD=x\n")

    settings = load_settings({**environ, "HELPCENTER_MAIL_FROM": "environment@example.org"})

    assert (settings.mail_from, settings.log_level) == ("environment@example.org", "error")


def test_lists_are_words() -> None:
    settings = load_settings({"HELPCENTER_HOSTS": "help.example.org, help.example.lv", "HELPCENTER_BASE_URL": "https://Example.org/"})

    assert settings.hosts == ("help.example.org", "help.example.lv")
    assert settings.base_url == "https://Example.org"
    assert set(settings.trusted_hosts) >= {"127.0.0.1", "localhost", "example.org", "help.example.lv"}


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HELPCENTER_ARTICELS", "x", "HELPCENTER_ARTICELS in the environment is not a setting. Did you mean HELPCENTER_ARTICLES?"),
        ("HELPCENTER_", "x", "HELPCENTER_ in the environment is not a setting."),
        ("HELPCENTER_PROXY_HOPS", "many", "HELPCENTER_PROXY_HOPS: Input should be a valid integer"),
        ("HELPCENTER_PROXY_HOPS", "-1", "HELPCENTER_PROXY_HOPS: Input should be greater than or equal to 0"),
        ("HELPCENTER_RATE_LIMITS", "maybe", "HELPCENTER_RATE_LIMITS: Input should be 'on' or 'off'"),
        ("HELPCENTER_LOG_LEVEL", "loud", "HELPCENTER_LOG_LEVEL: Input should be 'debug', 'info'"),
        ("HELPCENTER_BASE_URL", "help.example.org", "HELPCENTER_BASE_URL: must be an address such as https://"),
        ("HELPCENTER_BASE_URL", "https://example.org/help", "HELPCENTER_BASE_URL: must be an address such as https://"),
        ("HELPCENTER_MAIL_FROM", "help@example.org\nBcc: all@example.org", "HELPCENTER_MAIL_FROM: must be an address such as"),
        ("HELPCENTER_MAIL_FROM", "help", "HELPCENTER_MAIL_FROM: must be an address such as"),
        ("HELPCENTER_BASE_URL", "javascript:alert(1)", "HELPCENTER_BASE_URL: must be an address such as https://"),
        ("HELPCENTER_SMTP_URL", "mail.example.org", "HELPCENTER_SMTP_URL: must look like smtp://"),
        ("HELPCENTER_DATABASE_URL", "mysql://ann@host/name", "HELPCENTER_DATABASE_URL: must look like postgresql+psycopg://"),
        ("HELPCENTER_DATABASE_URL", "not an address", "HELPCENTER_DATABASE_URL: must look like postgresql+psycopg://"),
        ("HELPCENTER_DATABASE_URL", "sqlite://", "HELPCENTER_DATABASE_URL: must look like postgresql+psycopg://"),
    ],
)
def test_what_is_not_understood_stops_the_start(variable: str, value: str, said: str) -> None:
    complained = complaint({variable: value})

    assert complained.startswith(said)
    assert "\n" not in complained


def test_every_mistake_is_told_at_once() -> None:
    complained = complaint({"HELPCENTER_PROXY_HOPS": "many", "HELPCENTER_LOG_LEVEL": "loud"})

    assert [line.split(":")[0] for line in complained.splitlines()] == ["HELPCENTER_PROXY_HOPS", "HELPCENTER_LOG_LEVEL"]


@pytest.mark.parametrize("variable", ["SMTP_URL", "DATABASE_URL"])
def test_a_password_is_never_repeated(variable: str) -> None:
    assert "secret-word" not in complaint({f"HELPCENTER_{variable}": "http://ann:secret-word@host"})


@pytest.mark.parametrize("written", ["postgres://ann:pw@host/name", "postgresql://ann:pw@host/name", "postgresql+psycopg://ann:pw@host/name"])
def test_a_postgresql_address_may_be_written_as_usual(written: str) -> None:
    assert load_settings({"HELPCENTER_DATABASE_URL": written}).database == "postgresql+psycopg://ann:pw@host/name"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("HELPCENTER_DATA=x\nHELPCENTER_DATTA=y\n", "helpcenter.env is not a setting. Did you mean HELPCENTER_DATA?"),
        ("HELPCENTER_DATA=x\nHELPCENTER_HOSTS\n", "helpcenter.env:2: this line is not of the form HELPCENTER_NAME=value."),
        ("what is this?\n", "helpcenter.env:1: this line is not of the form"),
        (b"HELPCENTER_DATA=\xff\xfe\n", "which cannot be read: it is not UTF-8 text."),
    ],
)
def test_a_mistake_in_the_file_names_the_file(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert said in complaint(file_of(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    said = complaint({"HELPCENTER_SETTINGS_FILE": str(tmp_path / "none.env")})

    assert said.endswith("none.env, which cannot be read: No such file or directory.")


def test_settings_of_the_tests_are_none_of_ours() -> None:
    assert load_settings({"HELPCENTER_TEST_POSTGRES_URL": "postgresql://"}) == Settings()


@pytest.mark.parametrize(("secret", "said"), [("", "is missing"), ("short", "is only 5 characters long"), ("x" * 31, "is only 31 characters")])
def test_a_missing_or_short_secret_is_refused(secret: str, said: str) -> None:
    settings = load_settings({"HELPCENTER_SECRET_KEY": secret})

    with pytest.raises(SettingsError, match=said):
        settings.require_secret()


def test_a_long_secret_is_given_and_never_shown() -> None:
    settings = load_settings({"HELPCENTER_SECRET_KEY": SECRET, "HELPCENTER_SECRET_KEY_FALLBACKS": f"{'y' * 32} {'z' * 32}"})

    assert settings.require_secret() == SECRET
    assert len(settings.secret_key_fallbacks) == 2
    assert not any(part in repr(settings) for part in ("xxx", "yyy", "zzz"))


def test_nothing_changes_a_setting_later() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}).data = Path("elsewhere")
