"""The door for programs that bring mail: one POST with the mail as it is."""

import hmac

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from helpcenter.mail.incoming import LARGEST_MAIL_BYTES
from helpcenter.support.receiving import receive
from helpcenter.web.asking import terms
from helpcenter.web.services import services

bp = Blueprint("mail_hook", __name__)

RETRY_SECONDS = 60


@bp.post("/hooks/mail")
def take() -> ResponseReturnValue:
    """Take in one mail, `message/rfc822`, from whoever knows the secret of `HELPCENTER_MAIL_HOOK_SECRET`.

    Answers 204 once the mail is kept, 503 when it must be brought again.
    """
    secret = services().mail.hook_secret
    if not secret:
        abort(404)
    sent = request.headers.get("Authorization", "")
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), f"Bearer {secret}".encode()):
        abort(403)
    # Only now, so that a stranger cannot make us read 25 MB.
    request.max_content_length = LARGEST_MAIL_BYTES
    content = request.get_data(cache=False)
    if not content.strip():
        abort(400)
    try:
        receive(terms(), content, data=services().data_folder, door="hook", recipient=request.args.get("recipient", "")[:320])
    except (OSError, OperationalError):
        return "", 503, {"Retry-After": str(RETRY_SECONDS)}
    return "", 204
