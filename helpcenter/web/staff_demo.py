"""The demo of the widget for the staff: what to paste into a site, and a page like a customer's to try it on."""

from flask import Blueprint, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from helpcenter.web.locale import current_outline, current_site, match_language
from helpcenter.web.services import services
from helpcenter.web.staff import template_values
from helpcenter.web.staff_access import check_access, is_encrypted
from helpcenter.web.widget import own_origin

bp = Blueprint("staff_demo", __name__, url_prefix="/staff/demo")
bp.before_request(check_access)
bp.context_processor(template_values)


@bp.get("")
def home() -> ResponseReturnValue:
    """Show what to paste into a site for each part of the widget, and the demo page in a frame."""
    return render_template("staff/demo.html", help_url=services().base_url, **demo_values())


@bp.get("/page")
def page() -> ResponseReturnValue:
    """Show a page like that of a customer: nothing of ours but the widget, under the two directives that docs/widget.md asks of sites."""
    origin = visited_origin()
    shown: Response = make_response(render_template("staff/demo_page.html", help_url=origin, **demo_values()))
    shown.headers["Content-Security-Policy"] = policy_for(origin)
    # The two directives say nothing about who may frame the page.
    shown.headers["X-Frame-Options"] = "SAMEORIGIN"
    return shown


def policy_for(origin: str) -> str:
    """Return the policy that a site needs at least to show the widget of *origin*."""
    return f"script-src {origin}; frame-src {origin}"


def demo_values() -> dict:
    """Return what both pages show: the policy, an article, and the language the widget is to speak."""
    site = current_site()
    lang = match_language(g.lang, site.languages, site.fallbacks) or site.default_language
    popular = services().popular_articles.of(current_outline(lang))
    return {
        "widget_lang": lang,
        "article": popular[0] if popular else None,
        "policy": policy_for(own_origin()),
        "site_now": site,
        "has_survey": site.feedback.surveys.block,
    }


def visited_origin() -> str:
    """Return the origin at which this person reads us, also when a proxy does not tell that it is encrypted."""
    return f"{'https' if is_encrypted() else request.scheme}://{request.host}"
