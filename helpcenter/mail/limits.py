"""How much automatic mail leaves: a form that mails strangers must be worthless to those who send spam.

What is over a limit is not mailed; the request itself is always stored and acknowledged on the page.
"""

import hashlib

from sqlalchemy.orm import Session

from helpcenter.mail.addresses import mailbox_of
from helpcenter.storage.counters import count_up

HOUR_SECONDS = 3600
AUTOMATIC_PER_MAILBOX_AND_HOUR = 1
AUTOMATIC_PER_HOUR = 100


def may_send_automatic(session: Session, recipient: str, *, rate_limits: bool) -> bool:
    """Return whether one more automatic mail may go to *recipient* now, and count it.

    Spellings that reach the same mailbox count as one. Without *rate_limits* (load tests) everything may go.
    """
    if not rate_limits:
        return True
    # A digest, so that the counters do not become a list of addresses.
    mailbox = hashlib.sha256(mailbox_of(recipient).encode()).hexdigest()
    if _count(session, f"automatic-mail:{mailbox}") > AUTOMATIC_PER_MAILBOX_AND_HOUR:
        return False
    return _count(session, "automatic-mail") <= AUTOMATIC_PER_HOUR


def _count(session: Session, name: str) -> int:
    return count_up(session, name, window_seconds=HOUR_SECONDS).count
