"""Mail addresses: checked once, written one way."""

from email_validator import EmailNotValidError, validate_email

LONGEST = 320


class AddressRefused(ValueError):
    """Not an address that mail can be sent to; the message says why, in English."""


def checked_address(text: object) -> str:
    """Return the address in *text* as it is stored and sent to, for example `Ann@example.org`.

    Only the syntax is checked: no name server is asked. A domain in another script is returned in its ASCII form, and
    a local part must be ASCII, because many servers still refuse others. Raises AddressRefused.
    """
    if not isinstance(text, str):
        raise AddressRefused("An e-mail address is needed.")
    try:
        # `test_environment` only admits the reserved top-level domain .test.
        checked = validate_email(
            text.strip()[: LONGEST + 1], allow_smtputf8=False, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise AddressRefused(str(error)) from None
    return checked.ascii_email or checked.normalized


def mailbox_of(address: str) -> str:
    """Return one name for all spellings that reach the same mailbox.

    >>> mailbox_of("Ann+shop@Example.org")
    'ann@example.org'
    """
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.split('+')[0]}@{domain}"
