"""Wires what stands below into one Flask application, and nothing else."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from helpcenter import storage, web
from helpcenter.accounts.provider import Provider
from helpcenter.mail.mailers import FolderMailer, Mailer, SmtpMailer
from helpcenter.paths import bundled
from helpcenter.publishing import publish
from helpcenter.search.engine import SearchEngine
from helpcenter.search.following import KnownTitles
from helpcenter.search.whoosh_engine import WhooshEngine
from helpcenter.settings import Settings, SettingsError
from helpcenter.web import static
from helpcenter.web.services import EXTENSION, MailDoors, Services

# Refused before it is read; the limits of single fields are at their forms.
LARGEST_BODY_BYTES = 256 * 1024


def create_app(settings: Settings, *, engine: SearchEngine | None = None, mailer: Mailer | None = None) -> Flask:
    """Return the application for *settings*. Tests hand over their own *engine* and *mailer*.

    Raises SettingsError when the data folder cannot be written, StorageError when the database is not usable.
    """
    prepare_data_folder(settings.data)
    app = Flask(__name__, static_folder=None, template_folder=str(bundled("templates")))
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY_BYTES,
        TRUSTED_HOSTS=settings.trusted_hosts,
        SECRET_KEY=settings.secret_key.get_secret_value() or None,
    )
    app.json.ensure_ascii = False
    app.json.sort_keys = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    storage.init_app(app, settings.database)
    static.init_app(app, bundled("static"))
    known_titles = KnownTitles()
    index = engine or WhooshEngine(settings.data / "index", titles=lambda lang: known_titles.of(storage.db.session, lang))
    app.extensions[EXTENSION] = Services(
        index=index,
        mailer=mailer or open_mailer(settings),
        base_url=settings.base_url,
        mail_from=settings.mail_from,
        secret_key=settings.secret_key.get_secret_value(),
        secret_key_fallbacks=tuple(key.get_secret_value() for key in settings.secret_key_fallbacks),
        content_folder=settings.articles,
        data_folder=settings.data,
        templates_folder=bundled("templates"),
        publish=lambda: publish(settings.articles, index),
        identity_keys=tuple(key.get_secret_value() for key in settings.identity_keys),
        keep_days=settings.keep_days,
        rate_limits=settings.rate_limits == "on",
        mail=mail_doors(settings),
        metrics_token=settings.metrics_token.get_secret_value(),
        provider=open_provider(settings),
    )
    web.init_app(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)
    return app


def mail_doors(settings: Settings) -> MailDoors:
    """Return what *settings* say of mail that comes in and of word to the team and to other programs."""
    return MailDoors(
        reply=settings.mail_reply,
        authserv_id=settings.mail_authserv_id,
        hook_secret=settings.mail_hook_secret.get_secret_value(),
        imap_url=settings.imap_url.get_secret_value(),
        team=settings.team_mail,
        webhooks=settings.webhooks,
        webhook_secret=settings.webhook_secret.get_secret_value(),
        webhook_hosts=settings.webhook_hosts,
    )


def open_provider(settings: Settings) -> Provider | None:
    """Return the identity provider that *settings* name. Raises SettingsError when the extra `oidc` is not installed."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise SettingsError("HELPCENTER_OIDC_ISSUER needs HELPCENTER_OIDC_CLIENT_ID, the name under which the provider knows this help center.")
    missing = [name for name in ("authlib", "requests") if find_spec(name) is None]
    if missing:
        raise SettingsError(f"HELPCENTER_OIDC_ISSUER needs {' and '.join(missing)}: pip install 'helpcenter[oidc]'.")
    title = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value(), title=title)


def open_mailer(settings: Settings) -> Mailer:
    """Return the mailer that *settings* name: a mail server, or files under the data folder."""
    return SmtpMailer(settings.smtp_url) if settings.smtp_url else FolderMailer(settings.data / "mail")


def prepare_data_folder(folder: Path) -> None:
    """Make *folder* if it is missing. Raises SettingsError when it cannot be made or written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"The data folder {folder} cannot be written: {error.strerror}. Make it writable, or name another one in HELPCENTER_DATA."
        ) from error
