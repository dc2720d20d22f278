"""Asking a person."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from helpcenter.support.attachments import CheckedFile
from helpcenter.web import asking
from helpcenter.web.api import bp
from helpcenter.web.api.bodies import RequestBody, read_body_with_files
from helpcenter.web.api.search import checked_language
from helpcenter.web.carrying import read, steps_of
from helpcenter.web.errors import Problem
from helpcenter.web.guards import same_site_only
from helpcenter.web.request_files import FilesRefused, read_files, takes_files
from helpcenter.web.visitor import with_visitor

LONGEST_KEY = 255


@bp.post("/requests")
@takes_files
@same_site_only
def open_request() -> ResponseReturnValue:
    """Open a support request, with files when it is sent as a form. The same Idempotency-Key twice opens one."""
    key = idempotency_key()
    body = read_body_with_files(RequestBody)
    checked_language(body.lang)
    try:
        opened = asking.open_request(
            lang=body.lang,
            subject=body.subject,
            body=body.body,
            email=body.email,
            name=body.name or None,
            kind=body.kind,
            journey=body.journey,
            steps=steps_of(read(body.trail)),
            # Keys of forms, mails and splits cannot be named from outside.
            idempotency_key=f"api:{key}",
            answers=body.fields,
            files=files_of_call(body.lang),
            via="api",
        )
    except asking.WrongField as wrong:
        raise Problem(422, "Some fields are wrong", str(wrong), errors=[{"field": wrong.field, "message": str(wrong)}]) from None
    except asking.KeyReused as reused:
        raise Problem(422, "The Idempotency-Key was used for another request", str(reused)) from None
    return with_visitor(jsonify(reference=opened.reference, status_url=asking.status_url(opened))), 201


def files_of_call(lang: str) -> list[CheckedFile]:
    """Return the files of a call. Raises Problem for one that is not taken."""
    try:
        return read_files(lang)
    except FilesRefused as refused:
        raise Problem(422, "A file is not taken", str(refused), errors=[{"field": "files", "message": str(refused)}]) from None


def idempotency_key() -> str:
    """Return the Idempotency-Key of the request. Raises Problem when there is none."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        advice = "Send a header Idempotency-Key with a value of your own, such as a UUID, so that a repeated request is stored once."
        raise Problem(400, "There is no Idempotency-Key", advice)
    return key
