"""The one table of settings: name, default, meaning. Read from the environment and from one file.

Every setting is an environment variable `HELPCENTER_<NAME>`, or a line of the same form in the file that
`HELPCENTER_SETTINGS_FILE` names (the form of a systemd `EnvironmentFile`). The environment wins over the file.
A name that is not in the table, or a value that cannot be read, stops the start.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from helpcenter.paths import bundled

PREFIX = "HELPCENTER_"
FILE_VARIABLE = "HELPCENTER_SETTINGS_FILE"
TEST_PREFIX = "HELPCENTER_TEST_"
SHORTEST_SECRET = 32


class SettingsError(Exception):
    """A setting is unknown, malformed or missing; the message names it and says what to change."""


def _split_words(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _check_http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as https://help.example.org")
    return value.rstrip("/")


def _check_smtp_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValueError("must look like smtp://user:password@mail.example.org:587 or smtps://…")
    return value


Words = Annotated[tuple[str, ...], NoDecode, Field(validate_default=True)]


class Settings(BaseSettings):
    """The values the whole program runs with; frozen, so that nothing changes them behind anyone's back."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    articles: Path = Field(default_factory=lambda: bundled("articles"), description="The content folder.")
    data: Path = Field(
        Path("var"), description="Where the database, the search index, uploads and undelivered mail are kept."
    )
    database_url: str = Field(
        "", description="An SQLAlchemy address such as `postgresql+psycopg://user@host/name`; empty: SQLite in the data folder."
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs sessions and status links. At least 32 characters; the web does not start without it."
    )
    secret_key_fallbacks: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Earlier secret keys, separated by spaces, that are still accepted after a change."
    )
    base_url: Annotated[str, AfterValidator(_check_http_url)] = Field(
        "http://127.0.0.1:8000", description="The public address; links in mail are built from it, never from the request."
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further host names this site answers to, separated by spaces. `127.0.0.1` and `localhost` always work."
    )
    proxy_hops: int = Field(0, ge=0, le=5, description="How many trusted proxies stand in front and set `X-Forwarded-*`.")
    rate_limits: Literal["on", "off"] = Field("on", description="`off` switches the limits on anonymous use off, for load tests.")
    smtp_url: Annotated[str, AfterValidator(_check_smtp_url)] = Field(
        "", description="The mail server, `smtp://user:password@host:587` (STARTTLS when offered) or `smtps://…`; empty: mail goes to files under the data folder."
    )
    mail_from: str = Field("help@localhost", description="The sender address of all mail.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least severe log line that is written.")

    def __init__(self, **values: object) -> None:
        for name in ("hosts", "secret_key_fallbacks"):
            if name in values:
                values[name] = _split_words(values[name])
        super().__init__(**values)

    @property
    def database(self) -> str:
        """The SQLAlchemy address in use."""
        return self.database_url or f"sqlite:///{(self.data / 'helpcenter.sqlite3').resolve()}"

    @property
    def trusted_hosts(self) -> list[str]:
        """Host names a request may name; any other is refused with 400."""
        return ["127.0.0.1", "localhost", "[::1]", urlsplit(self.base_url).hostname, *self.hosts]

    def require_secret(self) -> str:
        """Return the secret key, or raise when it is missing or too short to sign with."""
        secret = self.secret_key.get_secret_value()
        if len(secret) < SHORTEST_SECRET:
            state = "missing" if not secret else f"only {len(secret)} characters long"
            raise SettingsError(
                f"HELPCENTER_SECRET_KEY is {state}. Set it to at least {SHORTEST_SECRET} random characters, for example:"
                " export HELPCENTER_SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_hex(32))')"
            )
        return secret


def load_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Return the settings of *environ* (the process's own by default) and of the file it names.

    Raises SettingsError, one line for each setting that is unknown or malformed.
    """
    environ = os.environ if environ is None else environ
    values = {**_from_file(environ.get(FILE_VARIABLE)), **_named(environ, "the environment"), **overrides}
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(problem) for problem in error.errors())) from None


def _from_file(name: str | None) -> dict[str, str]:
    if not name:
        return {}
    path = Path(name)
    if not path.is_file():
        raise SettingsError(f"{FILE_VARIABLE} names {path}, which is not a file.")
    return _named(dotenv_values(path, interpolate=False), str(path))


def _named(variables: Mapping[str, str | None], origin: str) -> dict[str, str]:
    """Return our variables by field name; empty ones count as not set, unknown ones stop the start."""
    found = {}
    for variable, value in variables.items():
        if not variable.startswith(PREFIX) or variable.startswith(TEST_PREFIX) or variable == FILE_VARIABLE:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in Settings.model_fields:
            raise SettingsError(f"{variable} in {origin} is not a setting.{_nearest(name)} See docs/configuration.md.")
        if value:
            found[name] = value
    return found


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, Settings.model_fields, n=1)
    return f" Did you mean {PREFIX}{near[0].upper()}?" if near else ""


def _explain(problem: Mapping) -> str:
    name = PREFIX + str(problem["loc"][0]).upper()
    reason = problem["msg"].removeprefix("Value error, ")
    shown = "" if "SECRET" in name else f" (it is {problem['input']!r})"
    return f"{name}: {reason}{shown}."
