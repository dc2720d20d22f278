"""Whether our own mail server vouches for the author of a mail (RFC 8601)."""

import re

from helpcenter.mail.incoming import IncomingMail, decoded

DMARC = re.compile(r";\s*dmarc\s*=\s*([a-z]+)", re.IGNORECASE)
COMMENT = re.compile(r"\([^()]{0,500}\)")


def dmarc_result(mail: IncomingMail, authserv_id: str) -> str:
    """Return what the server *authserv_id* found: `pass`, `fail`, or another word of its; `none` when it said nothing.

    Only the topmost `Authentication-Results` counts, and only when it is of that server: what stands below may have
    been written by whoever wrote the mail. Without an *authserv_id* nobody is believed.
    """
    headers = mail.message.get_all("Authentication-Results") or []
    if not authserv_id or not headers:
        return "none"
    topmost = COMMENT.sub(" ", " ".join(decoded(str(headers[0])).split())[:4000])
    named = topmost.split(";")[0].split()
    if not named or named[0].casefold() != authserv_id.casefold():
        return "none"
    results = [result.casefold() for result in DMARC.findall(topmost)]
    return results[0] if len(results) == 1 else ("fail" if results else "none")
