"""What answering requests needs from outside: who we are, where we are, what signs our links."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from helpcenter.content.site import Site
from helpcenter.mail.message import sender_address


@dataclass(frozen=True)
class Terms:
    """The plain values with which requests are opened and answered; `web` and `cli` put them together.

    *templates* is the folder of all templates; mail texts are in its `email/`.
    """

    site: Site
    base_url: str
    secret_key: str
    mail_from: str
    templates: Path
    rate_limits: bool = True
    mail_reply: str = ""
    """The address at which answers arrive; without it nobody can answer by mail."""
    older_keys: tuple[str, ...] = ()
    """Earlier secret keys, whose signatures are still accepted."""
    mail_authserv_id: str = ""
    """What our own mail server calls itself in Authentication-Results."""
    data: Path | None = None
    """The data folder, where files that go out with a reply are kept."""

    @property
    def mail_domain(self) -> str:
        """The domain in our Message-IDs."""
        return sender_address(self.mail_from).rpartition("@")[2] or urlsplit(self.base_url).hostname or "localhost"
