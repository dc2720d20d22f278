"""The staff's pages of the bot: try the rules as they are saved now, and see which of them are mistaken for which.

Nothing is stored and no request is opened. What was said travels in a signed field of the form, and the whole conversation is played
anew each time: after an editor saves a file, the same words meet the new rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData
from sqlalchemy import select

from helpcenter.chat.conversation_tests import Report, report_conversations
from helpcenter.chat.dialogue import LONGEST_MESSAGE
from helpcenter.chat.overlaps import shadowed
from helpcenter.chat.rules import Rules
from helpcenter.chat.trial import Exchange, differences, play
from helpcenter.chat.turns import Choice, Context, Message
from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.language.cleaning import TextRefused, clean_text, cut_text
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web import conversing
from helpcenter.web import staff_access as access
from helpcenter.web.drafts import Draft
from helpcenter.web.identity import LONGEST_ATTRIBUTE, MOST_ATTRIBUTES, NAME
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_words import HOURS

bp = Blueprint("staff_bot", __name__, url_prefix="/staff/bot")
bp.before_request(access.check_access)
bp.after_request(keep_private)
bp.context_processor(template_values)

PURPOSE = "bot-trial"
LIFETIME_SECONDS = 24 * 3600
MOST_SAID = 30
# Well below what a form may have; an address, a page and a message come on top.
LONGEST_STATE = 60_000
LONGEST_PLACE, LONGEST_CHOICE, LONGEST_ATTRIBUTES = 400, 200, 4_000
MOST_PROBLEMS = 100
WHO_SIGNED_IN = "trial"


@dataclass
class Trial:
    """What the form says: the visitor's circumstances and words; *notes* are (kind, detail) of what could not be taken."""

    lang: str
    hours: str = "now"
    place: str = ""
    attributes: str = ""
    is_signed_in: bool = False
    said: list[Message] = field(default_factory=list)
    draft: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Return what was said, signed."""
        return services().sign(PURPOSE).dumps([[one.text, one.choice] for one in self.said])


@bp.get("/")
def trial() -> ResponseReturnValue:
    """Show the welcome of the saved rules."""
    return show(Trial(known_language(request.args.get("lang", ""))))


@bp.post("/")
def talk() -> ResponseReturnValue:
    """Play what was said so far, and what is said now."""
    tried = read_circumstances()
    wanted = request.form.get("do", "")
    if wanted != "restart":
        tried.said = read_state(tried)
        take_message(tried)
    return show(tried, with_tests=wanted == "tests")


@bp.get("/report")
def report() -> ResponseReturnValue:
    """Show which rules of a language are mistaken for which, once a language is chosen."""
    lang = request.args.get("lang", "")
    chosen = lang if lang in current_site().languages else None
    return render_template("staff/bot_report.html", chosen=chosen, languages=current_site().languages, **(figures(chosen) if chosen else {}))


def known_language(asked: str) -> str:
    """Return *asked* when the site has it, else the reader's language or the site's first."""
    languages = current_site().languages
    return next(lang for lang in (asked, g.lang, languages[0]) if lang in languages)


def read_circumstances() -> Trial:
    """Return what the form says of the visitor; what it does not know is as on a fresh page."""
    form = request.form
    hours = form.get("hours", "")
    return Trial(
        known_language(form.get("lang", "")),
        hours=hours if hours in HOURS else "now",
        place=cut_text(form.get("place", ""), limit=LONGEST_PLACE),
        attributes=cut_text(form.get("attributes", ""), limit=LONGEST_ATTRIBUTES, lines=True),
        is_signed_in=bool(form.get("signed_in")),
    )


def read_state(tried: Trial) -> list[Message]:
    """Return what was said before; a state that is not ours, old or broken means to start over."""
    sent = request.form.get("state", "")
    try:
        if len(sent) > 2 * LONGEST_STATE:
            raise BadData("too long")
        return [Message(text, choice) for text, choice in services().sign(PURPOSE).loads(sent, max_age=LIFETIME_SECONDS)]
    except (BadData, TypeError, ValueError):
        tried.notes.append(("state", ""))
        return []


def take_message(tried: Trial) -> None:
    """Add what is said now, unless it is too long or too much."""
    choice = cut_text(request.form.get("choice", ""), limit=LONGEST_CHOICE) or None
    try:
        text = "" if choice else clean_text(request.form.get("text", ""), limit=LONGEST_MESSAGE)
    except TextRefused:
        tried.notes.append(("message", ""))
        tried.draft = cut_text(request.form.get("text", ""), limit=LONGEST_MESSAGE)
        return
    if not text and choice is None:
        return
    tried.said.append(Message(text, choice))
    if len(tried.said) > MOST_SAID or len(tried.state) > LONGEST_STATE:
        tried.said.pop()
        tried.draft = text
        tried.notes.append(("long", ""))


def context_of(tried: Trial) -> Context:
    """Return the circumstances that the engine gets; note what cannot be taken."""
    visitor = read_attributes(tried)
    is_page = tried.place.startswith("/")
    context = conversing.context_at(tried.place if is_page else "", visitor={"sub": WHO_SIGNED_IN, **visitor} if tried.is_signed_in else {})
    if tried.place and not is_page:
        found = library.in_chain(db.session, current_site(), tried.lang, tried.place)
        if found is None:
            tried.notes.append(("page", ""))
        else:
            context = replace(context, article=found.article.key, section=found.article.section)
    if tried.hours == "now":
        return context
    site = current_site()
    opening = context.next_opening or site.next_opening(conversing.people_hours(site), utcnow())
    return replace(context, open_now=tried.hours == "open", next_opening=opening)


def read_attributes(tried: Trial) -> dict[str, str]:
    """Return the attributes written as `plan=gold`, one a line; note the first that is none."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, tried.attributes.splitlines())):
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not NAME.fullmatch(name) or not value or len(value) > LONGEST_ATTRIBUTE or len(found) == MOST_ATTRIBUTES:
            tried.notes.append(("attributes", cut_text(line, limit=80)))
            break
        found[name] = value
    return found


def saved_rules() -> Draft:
    """Return the rules of the content folder as they are saved now."""
    keys = db.session.scalars(select(Article.key).distinct()).all()
    return services().drafts.read(services().content_folder / "bot", current_site().languages, keys)


def show(tried: Trial, *, with_tests: bool = False) -> str:
    """Return the page with the conversation played anew."""
    saved, published = saved_rules(), services().bot()
    ours = services().drafts.learned(saved, tried.lang, published)
    context = context_of(tried)
    has_published = tried.lang in published.languages
    exchanges = play(
        tried.lang, tried.said, saved.rules, published if has_published else None, context=context, **conversing.finders()
    )
    return render_template(
        "staff/bot.html",
        tried=tried,
        exchanges=exchanges,
        heard=[heard(exchanges, place) for place in range(len(exchanges))],
        languages=current_site().languages,
        problems=saved.problems[:MOST_PROBLEMS],
        is_missing=saved.missing,
        revision=saved.rules.revisions.get(tried.lang),
        has_published=has_published,
        differs=differences(ours, published.of(tried.lang)) if has_published else None,
        tests=run_tests(saved.rules, tried.lang) if with_tests else None,
        limit=LONGEST_MESSAGE,
    )


def heard(exchanges: list[Exchange], place: int) -> str:
    """Return what the page shows as said: the words, or the label of the button that was pressed."""
    said = exchanges[place].said
    if said is None or said.choice is None:
        return said.text if said else ""
    offered: list[Choice] = [choice for one in exchanges[place - 1].turn.replies for choice in one.choices]
    return next((choice.label for choice in offered if choice.value == said.choice), said.choice)


@dataclass(frozen=True)
class Tests:
    """What the conversation tests of a language say of the saved rules, and how long they took."""

    report: Report
    seconds: float


def run_tests(rules: Rules, lang: str) -> Tests:
    """Return what the conversation tests of *lang* say of *rules*."""
    begun = perf_counter()
    tests = services().content_folder / "tests" / "conversations"
    report = report_conversations(tests, rules, conversing.find_passages, conversing.find_card, only=lang)
    return Tests(report, round(perf_counter() - begun, 2))


def figures(lang: str) -> Mapping[str, Any]:
    """Return what the report of a language shows."""
    begun = perf_counter()
    saved = saved_rules()
    rules = services().drafts.learned(saved, lang, services().bot())
    confusion = services().drafts.report(rules, saved.rules.revisions.get(lang, ""))
    report = run_tests(saved.rules, lang).report
    return {
        "confusion": confusion,
        "shadows": list(shadowed(rules)),
        "untested": report.uncovered(saved.rules).get(lang, []),
        "origins": rules.origins,
        "seconds": round(perf_counter() - begun, 2),
    }
