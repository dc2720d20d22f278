"""What asking a person needs, whichever door it came through: chat, form or API."""

from helpcenter.support import links
from helpcenter.support.models import SupportRequest
from helpcenter.support.requests import Terms
from helpcenter.storage import db, writing
from helpcenter.web.locale import current_site
from helpcenter.web.services import services

__all__ = ["status_url", "terms"]
