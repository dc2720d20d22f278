"""The privacy page: what is kept and for how long, said from the settings that are in force."""

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from helpcenter.language.messages import gettext
from helpcenter.privacy.retention import FIXED_DAYS, RULES
from helpcenter.web import chatting, visitor
from helpcenter.web.addresses import absolute
from helpcenter.web.locale import current_site, known_language
from helpcenter.web.services import services

bp = Blueprint("privacy", __name__)

DAY_SECONDS = 24 * 3600


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


# What is stored in a browser, why, and for how many days; nothing of it before the act that it names.
COOKIES = (
    (visitor.COOKIE, _("So that voting again changes your vote. Set when you vote, chat or ask us."), visitor.LIFETIME_SECONDS // DAY_SECONDS),
    (chatting.COOKIE, _("Opens your conversation with us. Set with your first message."), chatting.LIFETIME_SECONDS // DAY_SECONDS),
)


@bp.get("/<lang:lang>/privacy")
def page(lang: str) -> ResponseReturnValue:
    """Say what this site keeps of its visitors, for how long, and how to have it erased."""
    known_language(lang)
    g.switcher = {other: url_for("privacy.page", lang=other) for other in current_site().languages}
    return render_template(
        "privacy/privacy.html",
        kept=kept_days(lang),
        cookies=COOKIES,
        canonical=absolute("privacy.page", lang=lang),
    )


def kept_days(lang: str) -> list[tuple[str, int]]:
    """Return what is kept, in words, and for how many days; 0 is for ever."""
    days = {**services().keep_days, **FIXED_DAYS}
    return list({rule.keep: (gettext(lang, rule.said), days[rule.keep]) for rule in RULES}.values())
