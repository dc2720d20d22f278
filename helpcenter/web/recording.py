"""What is written down of a search and of the hit that was opened, and when nothing is."""

from flask import current_app, request

from helpcenter.search.records import Click, Search
from helpcenter.storage.columns import utcnow
from helpcenter.web.services import services


def record_search(query: str, lang: str, *, hits: int, corrected: bool) -> None:
    """Write down that *query* was answered, unless the browser asks not to be tracked."""
    if query and is_allowed():
        act = Search(utcnow().date(), lang, query, hits, corrected)
        services().recorder.add(current_app._get_current_object(), act)


def record_click(query: str, lang: str) -> None:
    """Write down the hit of *query* that led to this page: its place stands in the address as `n`."""
    given = request.args.get("n", "")
    if query and given.isascii() and given.isdigit() and 0 < int(given[:4]) and is_allowed():
        act = Click(utcnow().date(), lang, query, int(given[:4]))
        services().recorder.add(current_app._get_current_object(), act)


def is_allowed() -> bool:
    """Return whether a person may be meant, and has not asked to be left alone (Do Not Track, Global Privacy Control)."""
    headers = request.headers
    is_fetched_ahead = "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", ""))
    return headers.get("DNT") != "1" and headers.get("Sec-GPC") != "1" and not is_fetched_ahead
