"""A word that readers may not see, in a draft, a future, an expired or a withdrawn article, is found nowhere: on no route that
answers GET, whichever they are, in no answer of search and chat, and not in the files of the index."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from helpcenter.publishing import publish
from helpcenter.web.services import services

WORD, SLIP = "quarkelzapf", "quarkelzapt"
ARTICLE = """\
---
title: The {word} invoice
description: What a {word} is, and how to pay one by card or by bank.
keywords: [{word}]
tags: [{word}]
slug: canary-{name}
featured: true
{line}
---
Pay the {word} invoice.

## About the {word}

Ask us about the {word}.
"""
FIRST = {"draft": "draft: true", "future": "publish_at: 2999-01-01", "expired": "expire_at: 2020-01-01"}
# What stands in the place of a route's variables.
VALUES = {"lang": "en", "key": "payments", "number": "1", "kind": "articles", "tag": WORD, "token": "x"}


def write(folder, name: str, line: str = "") -> None:
    """Write one article with the word."""
    (folder / "en" / "payments" / f"canary-{name}.md").write_text(ARTICLE.format(word=WORD, name=name, line=line))


def addresses(app) -> list[str]:
    """Return an address of every route that answers GET, with each name that an article with the word had."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        for slug in ("find-an-invoice", *(f"canary-{name}" for name in (*FIRST, "withdrawn", "drafted", "now")), WORD):
            values = {name: VALUES.get(name, slug) for name in rule.arguments}
            with app.test_request_context():
                path = services_url(app, rule.endpoint, values)
            if path:
                asked = (WORD, SLIP, WORD[:5]) if slug == WORD else ()
                found += [path, *(f"{path}?q={text}&lang=en&in=all" for text in asked)]
    return sorted(set(found))


def services_url(app, endpoint: str, values: dict) -> str | None:
    """Return the address of *endpoint*, None when one of *values* does not fit it."""
    try:
        return app.url_for(endpoint, _external=False, **values)
    except Exception:  # werkzeug's converters refuse in many ways; such an address cannot be asked for.
        return None


def tells(client, path: str, **options) -> bool:
    """Return whether an answer has the word beyond what the address itself said."""
    answer = client.get(path, **options)
    assert answer.status_code < 500, f"{path} answers {answer.status_code}"
    text = answer.get_data(as_text=True).lower()
    answer.close()
    # What was asked for is said again, in boxes and in links; titles and texts of the articles are not.
    return any(words in text for words in (f"the {WORD}", f"a {WORD} is", f"did you mean {WORD}", f"{SLIP}&quot; {WORD}")) or (
        WORD in text and WORD not in path and "canary" not in path
    )


def say(client, text: str) -> str:
    """Return what the bot answers."""
    started = client.post("/api/v1/chat", json={"lang": "en"}).get_json()
    answer = client.post(
        f"/api/v1/chat/{started['conversation']}/messages", json={"text": text}, headers={"Authorization": f"Bearer {started['token']}"}
    )
    assert answer.status_code == 200
    return str([message for message in answer.get_json()["messages"] if message["from"] == "bot"])


@pytest.fixture
def library(published_app, settings):
    """Return the content folder of a library in which the word was published three times, and when one of them expires."""
    expires = datetime.now(UTC) + timedelta(seconds=15)
    for name in ("withdrawn", "drafted"):
        write(settings.articles, name)
    write(settings.articles, "now", f"expire_at: {expires.isoformat()}")
    for name, line in FIRST.items():
        write(settings.articles, name, line)
    with published_app.app_context():
        publish(settings.articles, services().index)
    return settings.articles, expires


def test_a_word_that_readers_may_not_see_is_found_nowhere(published_app, client, library, settings):
    (folder, expires), paths = library, addresses(published_app)
    seen = {path: client.get(path).headers.get("ETag") for path in ("/en/", "/en/sections/payments", "/en/articles/canary-now")}
    told_before = [path for path in paths if tells(client, path)]
    (folder / "en/payments/canary-withdrawn.md").unlink()
    write(folder, "drafted", "draft: true")
    with published_app.app_context():
        publish(folder, services().index)
    time.sleep(max(0, (expires - datetime.now(UTC)).total_seconds()))
    # One has expired by now, and nobody has published since.
    told = [path for path in paths if tells(client, path)]
    kept = [path for path, tag in seen.items() if client.get(path, headers={"If-None-Match": tag}).status_code == 304]

    assert len(told_before) > 10
    assert told == []
    assert kept == []
    assert not any(WORD in say(client, text) for text in (f"{WORD} invoice", SLIP, "how do I pay an invoice?"))

    with published_app.app_context():
        publish(folder, services().index)
    on_disk = [path for path in (settings.data / "index").rglob("*") if path.is_file() and WORD.encode() in path.read_bytes()]

    assert [path for path in paths if tells(client, path)] == []
    assert on_disk == []
