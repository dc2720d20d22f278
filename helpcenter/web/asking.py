"""What asking a person does, whichever door it came through: form, chat or API."""

from collections.abc import Mapping, Sequence

from helpcenter.journeys import answered, trail
from helpcenter.mail.addresses import AddressRefused, checked_address
from helpcenter.storage import db, writing
from helpcenter.support import fields, links
from helpcenter.support import requests as support
from helpcenter.support.attachments import CheckedFile
from helpcenter.support.models import SupportRequest
from helpcenter.support.requests import KeyReused, RequestRefused, Terms
from helpcenter.web.limits import limited
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.visitor import ensure_visitor

__all__ = ["KeyReused", "WrongField", "open_request", "status_url", "terms"]


class WrongField(ValueError):
    """A field of the request cannot be stored; the message says what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def terms() -> Terms:
    """Return what requests are opened and answered with."""
    given = services()
    return Terms(
        site=current_site(),
        base_url=given.base_url,
        secret_key=given.secret_key,
        mail_from=given.mail_from,
        templates=given.templates_folder,
        rate_limits=given.rate_limits,
        mail_reply=given.mail.reply,
        older_keys=given.secret_key_fallbacks,
        mail_authserv_id=given.mail.authserv_id,
        data=given.data_folder,
    )


def open_request(
    *,
    lang: str,
    subject: str,
    body: str,
    email: str,
    name: str | None,
    kind: str,
    journey: str | None,
    idempotency_key: str | None,
    via: str,
    steps: Sequence[tuple[str, dict]] = (),
    answers: Mapping[str, object] | None = None,
    files: Sequence[CheckedFile] = (),
) -> SupportRequest:
    """Open a request with the visitor's trail. *journey* names a visit that goes on elsewhere, such as in a widget; *steps* are
    what was done on the way, as far as no row knows of it yet. *answers* are those to the fields of site.yaml, by name.

    Raises WrongField for a value that cannot be stored, KeyReused when the key stands for another request.
    """
    try:
        checked_address(email)
    except AddressRefused as refused:
        raise WrongField("email", str(refused)) from None
    kept, wrong = fields.checked_answers(current_site(), kind, answers or {})
    for refused in wrong:
        raise WrongField(f"fields.{refused.name}", str(refused))
    # Whoever asks again because the answer got lost is told it, and counts once.
    if not idempotency_key or not support.is_repeated_key(db.session, idempotency_key):
        limited("request")
    visitor = ensure_visitor()
    with writing() as session:
        visit = answered.take_back(session, idempotency_key) if idempotency_key and via == "form" else None
        visit = visit or (trail.find(session, journey) if journey else None)
        visit = visit or trail.of_visitor(session, visitor, lang)
        trail.record_new(session, visit, steps)
        try:
            return support.open_request(
                session,
                terms(),
                subject=subject,
                body=body,
                email=email,
                name=name,
                lang=lang,
                kind=kind,
                journey_id=visit.id,
                idempotency_key=idempotency_key,
                via=via,
                slots=kept,
                files=files,
                folder=services().data_folder,
            )
        except KeyReused:
            raise
        except RequestRefused as refused:
            raise WrongField(refused.field, str(refused)) from None


def status_url(request: SupportRequest) -> str:
    """Return the address of the request's status page, built from the configured address of this site."""
    return links.status_url(terms(), request)
