"""Forms that anybody may send: one signed hidden field says when a form was made and gives it a name of its own."""

import secrets

from itsdangerous import BadData

from helpcenter.web.services import services

# The field that only programs fill in; people never see it.
TRAP = "website"
FIELD = "form"
PURPOSE = "public-form"
LIFETIME_SECONDS = 24 * 3600


def new_form() -> str:
    """Return the hidden field of a fresh form: signed, dated, and different for every one."""
    return services().sign(PURPOSE).dumps(secrets.token_urlsafe(16))


def name_of(field: object) -> str | None:
    """Return the name of the form that *field* came with, None when it is not ours or older than a day.

    The same form sent twice has the same name, so what it asks for is done once.
    """
    try:
        return services().sign(PURPOSE).loads(str(field or ""), max_age=LIFETIME_SECONDS)
    except BadData:
        return None
