"""The privacy page, and that nothing is stored in a browser before a deliberate act."""

import re
from pathlib import Path

import pytest
from werkzeug.routing import AnyConverter, IntegerConverter

from helpcenter.app import create_app
from helpcenter.paths import bundled

VALUES = {"lang": "en", "slug": "find-an-invoice", "key": "payments", "token": "x", "filename": "css/site.css", "conversation": "x", "version": "x"}
# What may use the browser's storage: the chat, once something was said, the widget to find that conversation again, the editors' preview,
# and what agents who are signed in chose for their inbox.
MAY_STORE = {"js/chat.js", "js/panel.js", "js/widget/loader.js", "js/widget/panel.js", "js/preview.js", "js/inbox.js"}


def all_pages(app) -> list[str]:
    """Return an address of every route that can be got, also of those that only the staff may see."""
    adapter = app.url_map.bind("localhost")
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]
    return sorted({adapter.build(rule.endpoint, {name: value_of(rule, name) for name in rule.arguments}) for rule in rules})


def value_of(rule, name: str) -> object:
    """Return something that may stand in the place *name* of an address."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else VALUES.get(name, "x")


def test_no_page_sets_a_cookie_before_a_deliberate_act(published_app):
    client = published_app.test_client()
    pages = all_pages(published_app)

    setting = [path for path in pages if "Set-Cookie" in client.get(path, query_string={"q": "invoice", "lang": "en"}).headers]

    assert len(pages) > 60
    assert setting == []


def test_only_the_chat_uses_the_browsers_storage():
    stores = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|cookieStore|caches\.open")
    scripts = Path(bundled("static"))
    using = {path.relative_to(scripts).as_posix() for path in scripts.rglob("*.js") if stores.search(path.read_text(encoding="utf-8"))}

    assert using <= MAY_STORE


@pytest.mark.parametrize("lang", ["en", "lv", "pl", "sv", "kk"])
def test_the_privacy_page_is_in_the_footer_of_every_language(client, lang):
    assert f'href="/{lang}/privacy"' in client.get(f"/{lang}/").get_data(as_text=True)
    assert client.get(f"/{lang}/privacy").status_code == 200


def test_the_privacy_page_says_what_the_settings_say(published_data, published_app, settings):
    app = create_app(settings.model_copy(update={"keep_chats_days": 33, "keep_requests_days": 0}))

    page = app.test_client().get("/en/privacy").get_data(as_text=True)

    assert "What you say in the chat: 33 days" in page
    assert "after it is solved: until you ask us to erase it" in page
    assert "hc_visitor" in page and "180 days" in page
