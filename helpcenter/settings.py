"""The one table of settings: name, default, meaning. Read from the environment and from one file.

Every setting is an environment variable `HELPCENTER_<NAME>`, or a line of the same form in the file that
`HELPCENTER_SETTINGS_FILE` names (the form of a systemd `EnvironmentFile`). The environment wins over the file.
A name that is not in the table, or a value that cannot be read, stops the start.
"""

import difflib
import io
import os
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from helpcenter.paths import bundled

PREFIX = "HELPCENTER_"
FILE_VARIABLE = "HELPCENTER_SETTINGS_FILE"
TEST_PREFIX = "HELPCENTER_TEST_"
SHORTEST_SECRET = 32
# Values that no message may repeat: keys, and addresses with a password in them.
MAY_HOLD_A_SECRET = (
    "SECRET_KEY", "SECRET_KEY_FALLBACKS", "IDENTITY_KEYS", "SMTP_URL", "DATABASE_URL", "IMAP_URL", "MAIL_HOOK_SECRET", "WEBHOOK_SECRET", "WEBHOOKS",
    "METRICS_TOKEN", "OIDC_CLIENT_SECRET",
)  # fmt: skip


class SettingsError(Exception):
    """A setting is unknown, malformed or missing; the message names it and says what to change."""


def _split_words(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _check_http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be an address such as https://help.example.org, without a path")
    return value.rstrip("/")


def _check_issuer(value: str) -> str:
    parts = urlsplit(value)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
    if value and (not safe or not parts.hostname or parts.query or parts.fragment or len(value) > 300):
        raise ValueError("must be the https address that your identity provider calls its issuer, such as https://login.example.org/realms/staff")
    return value


def _check_sender(value: str) -> str:
    if not value.isprintable() or "@" not in parseaddr(value)[1]:
        raise ValueError("must be an address such as help@example.org, or Name <help@example.org>")
    return value


def _check_smtp_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValueError("must look like smtp://user:password@mail.example.org:587 or smtps://…")
    return value


def _check_reply(value: str) -> str:
    local, _, domain = value.rpartition("@")
    if value and (not local or "." not in domain or "+" in local or len(local) > 24 or not value.isascii() or not value.isprintable() or " " in value):
        raise ValueError("must be a bare address such as help@example.org: no name, no plus, at most 24 characters before the @")
    return value.lower()


def _check_imap_url(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if value.get_secret_value() and (parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username):
        raise ValueError("must look like imaps://user:password@mail.example.org/INBOX")
    return value


def _check_secret(value: SecretStr) -> SecretStr:
    if 0 < len(value.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
    return value


def _check_team(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if "@" not in value.rpartition("=")[2]:
            raise ValueError("must be addresses such as team@example.org, or billing=team@example.org for one team of site.yaml")
    return values


def _check_webhooks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or len(value) > 500:
            raise ValueError("must be addresses such as https://example.org/hooks/help, without a user or password")
    return values


def _check_keys(keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if any(len(key.get_secret_value()) < SHORTEST_SECRET for key in keys):
        raise ValueError(f"each key must have at least {SHORTEST_SECRET} characters")
    return keys


def _check_database_url(value: str) -> str:
    """Return *value* with the driver we ship; a database in memory would be another one for each connection."""
    try:
        url = make_url(value) if value else None
    except ArgumentError:
        url = make_url("unreadable://")
    if url is None or (url.drivername == "sqlite" and url.database not in (None, "", ":memory:")):
        return value
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg") and url.database:
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    raise ValueError("must look like postgresql+psycopg://user:password@host/name or sqlite:////folder/name.sqlite3")


Words = BeforeValidator(_split_words)


class Settings(BaseModel):
    """The values the whole program runs with; frozen, so that nothing changes them behind anyone's back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    articles: Path = Field(default_factory=lambda: bundled("articles"), description="The content folder.")
    data: Path = Field(
        Path("var"), description="Where the database, the search index, uploads and undelivered mail are kept."
    )
    database_url: Annotated[str, AfterValidator(_check_database_url)] = Field(
        "", description="An SQLAlchemy address such as `postgresql+psycopg://user@host/name`; empty: SQLite in the data folder."
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs sessions and status links. At least 32 characters; the web does not start without it."
    )
    secret_key_fallbacks: Annotated[tuple[SecretStr, ...], Words] = Field(
        (), description="Earlier secret keys, separated by spaces, that are still accepted after a change."
    )
    identity_keys: Annotated[tuple[SecretStr, ...], Words, AfterValidator(_check_keys)] = Field(
        (), description="Keys, separated by spaces, with which your own site signs who a visitor of the chat is (docs/chat.md)."
        " At least 32 characters each; two at once while you change one."
    )
    base_url: Annotated[str, AfterValidator(_check_http_url)] = Field(
        "http://127.0.0.1:8000", description="The public address; links in mail are built from it, never from the request."
    )
    hosts: Annotated[tuple[str, ...], Words] = Field(
        (), description="Further host names this site answers to, separated by spaces. `127.0.0.1` and `localhost` always work."
    )
    proxy_hops: int = Field(0, ge=0, le=5, description="How many trusted proxies stand in front and set `X-Forwarded-*`.")
    rate_limits: Literal["on", "off"] = Field("on", description="`off` switches the limits on anonymous use off, for load tests.")
    smtp_url: Annotated[str, AfterValidator(_check_smtp_url)] = Field(
        "",
        description="The mail server, `smtp://user:password@host:587` (STARTTLS when offered) or `smtps://…`; empty: mail goes to"
        " files under the data folder.",
    )
    mail_from: Annotated[str, AfterValidator(_check_sender)] = Field("help@localhost", description="The sender address of all mail.")
    mail_reply: Annotated[str, AfterValidator(_check_reply)] = Field(
        "", description="The address at which answers by mail arrive, such as `help@example.org` (docs/mail.md). Its server must"
        " deliver `help+anything@example.org` too; empty: mail says to answer on the status page.",
    )  # fmt: skip
    mail_authserv_id: str = Field(
        "", description="What your own mail server calls itself in `Authentication-Results`; only then its DMARC result is believed."
    )
    imap_url: Annotated[SecretStr, AfterValidator(_check_imap_url)] = Field(
        SecretStr(""), description="The mailbox that `helpcenter work` empties, `imaps://user:password@host/INBOX`."
    )
    mail_hook_secret: Annotated[SecretStr, AfterValidator(_check_secret)] = Field(
        SecretStr(""), description="What a program sends as `Authorization: Bearer …` to post mail to `/hooks/mail`. At least 32 characters;"
        " empty: the address does not exist.",
    )  # fmt: skip
    team_mail: Annotated[tuple[str, ...], Words, AfterValidator(_check_team)] = Field(
        (), description="Addresses, separated by spaces, that are told of new, due and overdue requests; `billing=address` for one team of"
        " site.yaml.",
    )  # fmt: skip
    webhooks: Annotated[tuple[str, ...], Words, AfterValidator(_check_webhooks)] = Field(
        (), description="Addresses, separated by spaces, that are told by a signed POST what happens to requests."
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(_check_secret)] = Field(
        SecretStr(""), description="Signs webhooks. At least 32 characters; without it none is sent."
    )
    webhook_hosts: Annotated[tuple[str, ...], Words] = Field(
        (), description="Hosts of your own network that webhooks may go to, separated by spaces; all others must have public addresses."
    )
    keep_visits_days: int = Field(400, ge=0, le=36500, description="How long trails of visits are kept; 0 is for ever, here and below.")
    keep_comments_days: int = Field(730, ge=0, le=36500, description="How long the words given with votes and surveys are kept.")
    keep_chats_days: int = Field(400, ge=0, le=36500, description="How long conversations with the bot are kept.")
    keep_requests_days: int = Field(1095, ge=0, le=36500, description="How long requests are kept once they are solved or closed.")
    keep_mail_days: int = Field(90, ge=0, le=36500, description="How long mail that was sent or has come in is kept.")
    metrics_token: Annotated[SecretStr, AfterValidator(_check_secret)] = Field(
        SecretStr(""), description="What a Prometheus elsewhere sends as `Authorization: Bearer …` to read `/metrics`. At least 32 characters;"
        " empty: only this machine reads it.",
    )  # fmt: skip
    oidc_issuer: Annotated[str, AfterValidator(_check_issuer)] = Field(
        "", description="The identity provider (OpenID Connect) where staff may sign in, exactly as it writes its issuer; empty: none"
        " (docs/accounts.md). Needs the extra `oidc`.",
    )  # fmt: skip
    oidc_client_id: str = Field("", description="The name under which the identity provider knows this help center.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="The secret that the identity provider gave for that name; empty: it gave none (a public client with PKCE)."
    )
    oidc_name: str = Field("", description="What the button calls the identity provider; empty: its host name.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least severe log line that is written.")

    @property
    def database(self) -> str:
        """The SQLAlchemy address in use."""
        return self.database_url or f"sqlite:///{(self.data / 'helpcenter.sqlite3').resolve()}"

    @property
    def keep_days(self) -> dict[str, int]:
        """How many days each kind of thing is kept, by its name in `privacy/retention.py`."""
        return {name: getattr(self, f"keep_{name}_days") for name in ("visits", "comments", "chats", "requests", "mail")}

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
    try:
        lines = list(parse_stream(io.StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"{FILE_VARIABLE} names {path}, which cannot be read: {reason}.") from None
    for line in lines:
        if line.error or (line.key and line.value is None):
            raise SettingsError(f"{path}:{line.original.line}: this line is not of the form {PREFIX}NAME=value.")
    return _named({line.key: line.value for line in lines if line.key}, str(path))


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
    shown = "" if name.endswith(MAY_HOLD_A_SECRET) else f" (it is {problem['input']!r})"
    return f"{name}: {reason}{shown}."
