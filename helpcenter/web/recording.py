"""What is written down of a search, of the hit that was opened and of an article that is read, and when nothing is."""

import re
from urllib.parse import unquote, urlsplit

from flask import current_app, request

from helpcenter.content.models import Article
from helpcenter.content.outline import Outline, Summary
from helpcenter.journeys import acts, reading
from helpcenter.journeys.acts import Act
from helpcenter.journeys.reading import View
from helpcenter.search import records
from helpcenter.search.records import Click, Pick, Search
from helpcenter.storage.columns import utcnow
from helpcenter.web.recorder import Store
from helpcenter.web.services import services

ARTICLE = re.compile(r"/([a-z0-9-]{2,35})/articles/([^/]{1,200})/?\Z")
# Programs say so, or say nothing. Browsers all begin with Mozilla/5.0, and so do some programs, which name themselves later.
BROWSER = "Mozilla/"
PROGRAM = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/_;-]|crawl|spider|slurp|preview|monitor|headless|lighthouse|pagespeed|archiver|fetch|scan|check|probe"
    r"|facebookexternalhit|whatsapp|mediapartners|feed|https?://",
    re.IGNORECASE,
)


def record_search(query: str, lang: str, *, hits: int, corrected: bool) -> None:
    """Write down that *query* was answered, unless the browser asks not to be tracked."""
    if query and is_allowed():
        act = Search(utcnow().date(), lang, query, hits, corrected)
        write_soon(records.store, act)


def record_click(query: str, lang: str) -> None:
    """Write down the hit of *query* that led to this page: its place stands in the address as `n`."""
    place = place_in("n")
    if query and place and is_allowed():
        write_soon(records.store, Click(utcnow().date(), lang, query, place))


def record_pick(chosen: str, lang: str) -> None:
    """Write down the suggestion that led to this page, *chosen* while somebody typed: its place stands in the address as `s`."""
    place = place_in("s")
    if place and is_allowed():
        write_soon(records.store, Pick(utcnow().date(), lang, chosen, place))


def place_in(name: str) -> int:
    """Return the place that the address has as *name*, 0 for anything that is none."""
    given = request.args.get(name, "")
    return int(given[:4]) if given.isascii() and given.isdigit() else 0


def record_view(shown: Article | Summary, outline: Outline) -> None:
    """Count that *shown* is read, and from which article of ours its reader came."""
    if request.method == "GET" and is_allowed() and is_browser():
        view = View(utcnow().date(), shown.lang, shown.key, article_before(outline), shown.version)
        write_soon(reading.store, view)


def count_act(act: str, lang: str) -> None:
    """Count that somebody did *act*; nothing tells who."""
    if is_allowed() and is_browser():
        write_soon(acts.store, Act(utcnow().date(), lang, act))


def article_before(outline: Outline) -> str | None:
    """Return the key of the article whose page had the link that was followed, None for anything else."""
    try:
        referrer = urlsplit(request.headers.get("Referer", "")[:1000])
    except ValueError:
        return None
    place = ARTICLE.match(referrer.path)
    if referrer.netloc != request.host or not place:
        return None
    before = outline.by_slug.get(unquote(place.group(2)))
    return before.key if before else None


def is_browser() -> bool:
    """Return whether the program that asks says it is a browser of a person."""
    program = request.headers.get("User-Agent", "")
    return program.startswith(BROWSER) and not PROGRAM.search(program)


def write_soon(store: Store, act: object) -> None:
    """Let *act* be written beside this request."""
    services().recorder.add(current_app._get_current_object(), store, act)


def is_allowed() -> bool:
    """Return whether a person may be meant, and has not asked to be left alone (Do Not Track, Global Privacy Control)."""
    headers = request.headers
    is_fetched_ahead = "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", ""))
    return headers.get("DNT") != "1" and headers.get("Sec-GPC") != "1" and not is_fetched_ahead
