"""What programs read of a page: languages that name each other, structured data, and the card of a shared link."""

import json
import re
from html import unescape

import pytest

from helpcenter.web.metadata import json_block

BASE = "http://127.0.0.1:8000"
HOSTILE = "</script><script>alert(1)</script><!-- & \u2028"
QUESTIONS = """---
title: Questions
description: Asked often.
tags: [one, two]
---
![Cables](../../_assets/router.svg)

## How do I pay?

By card, or *by invoice*.

### By card

As usual.

## Is it free?

No.

## Nothing asked

Text.

## Empty?

## Also empty?
"""


def head_of(client, path: str) -> str:
    """Return the head of a page that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True).split("</head>")[0]


def languages(head: str) -> dict[str, str]:
    """Return the hreflang links of a page."""
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', head))


def canonical(head: str) -> str:
    """Return the canonical address of a page."""
    (address,) = re.findall(r'<link rel="canonical" href="([^"]+)">', head)
    return address


def data_of(head: str) -> dict[str, dict]:
    """Return the structured data of a page by type."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', head, re.DOTALL)
    (document,) = [json.loads(block) for block in blocks]
    assert document["@context"] == "https://schema.org"
    return {node["@type"]: node for node in document["@graph"]}


def card_of(head: str) -> dict[str, list[str]]:
    """Return the properties of the card of a page."""
    found: dict[str, list[str]] = {}
    for name, content in re.findall(r'<meta (?:property|name)="((?:og|article|twitter):[^"]+)" content="([^"]*)">', head):
        found.setdefault(name, []).append(unescape(content))
    return found


def walk(client) -> dict[str, str]:
    """Return the head of every page that links lead to from the home pages, by path; an empty one for a redirect."""
    waiting, heads = ["/en/", "/lv/", "/pl/", "/sv/", "/kk/"], {}
    while waiting:
        path = waiting.pop()
        if path in heads:
            continue
        answer = client.get(path)
        text = answer.get_data(as_text=True)
        heads[path] = text.split("</head>")[0] if answer.status_code == 200 else ""
        waiting += re.findall(r'href="(/[a-z]{2}/(?:articles/[\w-]+|sections/[\w/-]+|tags/[\w-]+)?)"', text)
    return heads


def test_pages_in_other_languages_name_each_other(publish_files):
    client = publish_files(
        {
            "en/payments/cards/lost.md": "---\ntags: [x]\n---\n# Lost",
            "lv/payments/cards/lost.md": "---\ntitle: Nav\nslug: nav\ntags: [x]\n---\n",
            "lv/vieta/tikai.md": "---\ntitle: Tikai\n---\n",
            "sv/vieta/tikai.md": "---\ntitle: Bara\nslug: bara\n---\n",
            "kk/internet/restart-the-router.md": "---\ntitle: Қайта\nunlisted: true\n---\n",
        }
    )
    heads = walk(client)
    named = {path: languages(head) for path, head in heads.items() if languages(head)}

    assert len(heads) > 40 and len(named) > 10
    for path, links in named.items():
        lang = path[1:3]
        assert canonical(heads[path]) == links[lang] == BASE + path
        for code, address in links.items():
            there = address.removeprefix(BASE)
            assert named[there] == links, (path, code)
            assert there[1:3] == ("en" if code == "x-default" else code)
    assert "x-default" not in named["/lv/articles/tikai"] and set(named["/lv/articles/tikai"]) == {"lv", "sv"}
    assert "/en/articles/restart-the-router" not in named


def test_every_page_for_search_engines_is_its_own_canonical_page(client):
    heads = {path: head for path, head in walk(client).items() if head}

    assert len(heads) > 20
    for path, head in heads.items():
        assert canonical(head).startswith(f"{BASE}/")
        if client.get(path).headers.get("X-Robots-Tag") is None and "/articles/" not in path:
            assert canonical(head) == BASE + path


def test_an_unlisted_article_is_for_those_who_have_its_address(publish_files):
    client = publish_files({"en/payments/secret.md": "---\nunlisted: true\n---\n# Secret", "lv/payments/secret.md": "# Noslēpums"})

    assert client.get("/en/articles/secret").headers["X-Robots-Tag"] == "noindex"
    assert languages(head_of(client, "/en/articles/secret")) == languages(head_of(client, "/lv/articles/secret")) == {}


def test_an_article_has_what_search_engines_ask_for(client):
    data = data_of(head_of(client, "/en/articles/find-an-invoice"))
    article = data["Article"]

    assert article["headline"] == "Find your invoices" and article["inLanguage"] == "en"
    assert article["url"] == article["mainEntityOfPage"] == f"{BASE}/en/articles/find-an-invoice"
    assert article["dateModified"] == "2026-11-02" and article["datePublished"] <= article["dateModified"] + "T99"
    assert article["author"]["@type"] == "Organization" and article["author"]["name"] == "Testia" and article["author"]["url"]
    assert article["publisher"]["@id"] == article["author"]["@id"]
    assert "FAQPage" not in data


def test_the_breadcrumb_ends_with_the_page_itself(publish_files):
    client = publish_files({"en/payments/cards/lost.md": "# Lost"})
    items = data_of(head_of(client, "/en/articles/lost"))["BreadcrumbList"]["itemListElement"]

    assert [(item["position"], item["name"], item["item"].removeprefix(BASE)) for item in items] == [
        (1, "Testia", "/en/"),
        (2, "Payments", "/en/sections/payments"),
        (3, "Cards", "/en/sections/payments/cards"),
        (4, "Lost", "/en/articles/lost"),
    ]
    assert all(item["@type"] == "ListItem" for item in items)


def test_questions_become_a_list_of_questions_with_their_answers(publish_files):
    page = data_of(head_of(publish_files({"en/payments/q.md": QUESTIONS}), "/en/articles/q"))["FAQPage"]

    assert [(one["@type"], one["name"], one["acceptedAnswer"]) for one in page["mainEntity"]] == [
        ("Question", "How do I pay?", {"@type": "Answer", "text": "By card, or by invoice. By card As usual."}),
        ("Question", "Is it free?", {"@type": "Answer", "text": "No."}),
    ]


def test_one_question_makes_no_list(publish_files):
    client = publish_files({"en/payments/q.md": "# Q\n\n## Why?\n\nBecause.\n\n## Then\n\nText.\n"})

    assert "FAQPage" not in data_of(head_of(client, "/en/articles/q"))


def test_home_names_the_site_and_its_search(client):
    data = data_of(head_of(client, "/lv/"))
    action = data["WebSite"]["potentialAction"]

    assert action["target"]["urlTemplate"] == f"{BASE}/lv/search?q={{search_term_string}}"
    assert action["query-input"] == "required name=search_term_string"
    assert data["Organization"]["name"] == "Testia" and data["Organization"]["logo"].startswith(f"{BASE}/")
    assert data["WebSite"]["publisher"]["@id"] == data["Organization"]["@id"]


def test_a_translation_that_is_missing_has_no_data_of_its_own(client):
    assert "ld+json" not in head_of(client, "/pl/articles/find-an-invoice")


def test_nothing_that_editors_write_ends_the_data_block(publish_files):
    text = json.dumps(HOSTILE)
    client = publish_files({"en/payments/x.md": f"---\ntitle: {text}\ndescription: {text}\ntags: [{text}]\n---\n## {HOSTILE[:9]}?\n\nA.\n\n## B?\n\nC.\n"})
    head = head_of(client, "/en/articles/x")
    block = head.split('<script type="application/ld+json">')[1].split("</script>")[0]

    assert not re.search("[<>&\u2028\u2029]", block)
    assert data_of(head)["Article"]["headline"].startswith("</script><script>alert(1)")
    assert "<script>alert" not in head


def test_a_data_block_is_json_for_any_text():
    node = {"name": HOSTILE + "\u2029\\\"\x00\ud800"}

    assert json.loads(str(json_block([node])))["@graph"] == [node]


def test_a_shared_link_becomes_a_card(publish_files):
    client = publish_files({"en/payments/q.md": QUESTIONS, "lv/payments/q.md": "---\ntitle: J\n---\n"})
    card = card_of(head_of(client, "/en/articles/q"))

    assert card["og:type"] == ["article"] and card["og:title"] == ["Questions"] and card["og:description"] == ["Asked often."]
    assert card["og:url"] == [f"{BASE}/en/articles/q"] and card["og:site_name"] == ["Testia"]
    assert card["og:locale"] == ["en_US"] and card["og:locale:alternate"] == ["lv_LV"]
    assert card["og:image"][0].startswith(f"{BASE}/assets/") and "router.svg" in card["og:image"][0]
    assert card["article:section"] == ["Payments"] and card["article:tag"] == ["one", "two"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", card["article:modified_time"][0])
    assert card["twitter:card"] == ["summary"]


def test_the_card_of_a_page_without_a_picture_has_the_logo(client):
    assert "logo.svg" in card_of(head_of(client, "/kk/"))["og:image"][0]
    assert card_of(head_of(client, "/kk/"))["og:locale"] == ["kk_KZ"]


@pytest.mark.parametrize("path", ["/en/search?q=x", "/en/chat", "/en/contact", "/en/articles/nothing"])
def test_pages_that_nobody_shares_have_no_card(client, path):
    assert "og:title" not in client.get(path).get_data(as_text=True)
