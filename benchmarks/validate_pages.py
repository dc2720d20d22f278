"""Check the pages' HTML: `python benchmarks/validate_pages.py VNU_JAR [--keep FOLDER]`, with the Nu validator's `vnu.jar` and Java.

The sample library is published into a folder of its own. Every page that the map of addresses has for visitors and for staff,
in every language of the site, is saved as it is sent and given to the validator; addresses that need a conversation, a
request or another thing that only a visit makes are left out. Prints what the validator says, each message once with the
number of pages and one of them; exit 1 when it says anything.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from pages import library

from helpcenter import storage
from helpcenter.accounts.staff import add_staff
from helpcenter.storage import writing
from helpcenter.web import logs
from helpcenter.web.locale import current_outline, current_site
from helpcenter.web.services import EXTENSION

EMAIL, PASSWORD = "ada@example.org", "four quiet otters dancing"
# What a page shows depends on these, too.
QUERIES = {
    "searching.results": ("?q=invoice", "?q=zzqqzz", "?q=a&in=all"),
    "pages.article": ("?voted=yes", "?voted=no", "?voted=address"),
}


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Give every address of a page, with its language."""
    with app.test_request_context():
        site = current_site()
        outlines = {lang: current_outline(lang) for lang in site.languages}
        build = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" not in rule.methods or rule.endpoint in ("static", "staff.sign_out"):
                continue
            for lang, outline in outlines.items():
                values = [{"lang": lang} if "lang" in rule.arguments else {}]
                for name, known in (("slug", outline.by_tag if rule.endpoint == "pages.tag" else outline.by_slug), ("key", outline.sections)):
                    if name in rule.arguments:
                        values = [{**values[0], name: one} for one in known]
                for value in values:
                    if value.keys() == rule.arguments:
                        for query in ("", *QUERIES.get(rule.endpoint, ())):
                            yield build.build(rule.endpoint, value) + query, lang
        for lang in outlines:
            yield f"/{lang}/no-such-page", lang


def staff_browser(app: Flask) -> FlaskClient:
    """Return a browser that an administrator has signed in with."""
    with app.app_context(), writing() as session:
        add_staff(session, email=EMAIL, name="Ada", role="admin", password=PASSWORD)
    browser = app.test_client()
    browser.post("/staff/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers={"Sec-Fetch-Site": "same-origin"})
    return browser


def save(app: Flask, folder: Path) -> dict[str, str]:
    """Save every page in *folder*; return the address of each file's page."""
    visitor, staff, saved = app.test_client(), staff_browser(app), {}
    for number, (address, lang) in enumerate(dict.fromkeys(addresses(app))):
        browser = staff if address.startswith("/staff") else visitor
        answer = browser.get(address, headers={"Accept-Language": lang})
        if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
            path = folder / f"{number:04}-{lang}.html"
            path.write_bytes(answer.data)
            saved[path.name] = f"{address} ({lang}, {answer.status_code})"
    return saved


def messages(jar: str, folder: Path) -> list[dict]:
    """Return what the validator says of the pages in *folder*."""
    run = subprocess.run(["java", "-jar", jar, "--format", "json", "--skip-non-html", str(folder)], capture_output=True, text=True)
    return json.loads(run.stderr)["messages"]


def main() -> None:
    """Check."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("jar")
    arguments.add_argument("--keep", type=Path, help="save the pages in this folder")
    given = arguments.parse_args()
    logs.configure("critical")
    with tempfile.TemporaryDirectory(prefix="helpcenter-pages-") as data, tempfile.TemporaryDirectory(prefix="helpcenter-html-") as html:
        folder = given.keep or Path(html)
        folder.mkdir(exist_ok=True)
        app = library(Path(data))
        saved, found = save(app, folder), defaultdict(list)
        for message in messages(given.jar, folder):
            found[message.get("subType", message["type"]), message["message"]].append(message)
        app.extensions[EXTENSION].recorder.finish()
        storage.close(app)
    for (kind, text), places in sorted(found.items(), key=lambda pair: -len(pair[1])):
        first = places[0]
        print(f"{len(places):5} {kind}: {text}\n      {saved[Path(first['url']).name]}, line {first.get('lastLine')}: {first.get('extract', '').strip()!r}")
    print(f"{len(saved)} pages, {sum(map(len, found.values()))} messages")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
