"""Every page of a help center and every state it can be in, with an article that holds every element."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from helpcenter.accounts.staff import add_staff
from helpcenter.paths import bundled
from helpcenter.storage import writing
from tests.browser.sites import published, serving
from tests.content.folders import write

STAFF = ("ed@example.org", "correct horse battery staple")
LANGUAGES = ("en", "lv", "pl", "sv", "kk")
CHARGED = {
    "en": "I was charged twice",
    "lv": "Man divreiz noņēma naudu",
    "pl": "Pobrano opłatę dwa razy",
    "sv": "Jag blev debiterad två gånger",
    "kk": "Менен екі рет ақша алынды",
}
HISTORY = "/staff/articles/en/payments/everything/history"
AREAS = (
    "/staff/", "/staff/gaps/", "/staff/insights/", "/staff/replay/", "/staff/articles/new", "/staff/demo", "/staff/people/", "/staff/account/",
    "/staff/feedback/", "/staff/surveys/", "/staff/mail",
)  # fmt: skip
EVERYTHING = """\
---
title: Everything
description: Every element that an article can hold.
tags: [invoice, everything]
---
:::tabs
:::tab Windows
Open *Settings*, **then** `Network`.

### Deep in Windows

Press <kbd>Ctrl</kbd> + <kbd>C</kbd>.

:::tab macOS
Press the apple.
:::

## A list and a table

1. First
   - inside
2. Second

- [x] done
- [ ] to do

| Plan | Price | What a rather long heading of a table says |
|:-----|------:|:---:|
| Small | 5 € | yes |
| Large | 15 € | ~~no~~ |

## Notes

> [!NOTE]
> A note with [a link](find-an-invoice.md).

> [!TIP]
> A tip.

> [!IMPORTANT]
> Important.

:::warning
Mind *this*.
:::

:::danger
Do not.
:::

> A quotation.[^1]

[^1]: A footnote.

:::details More
Hidden words.
:::

---

## Pictures, films and code

[Reset it](../../_assets/reset.mp4)

:::transcript
Press for ten seconds.
:::

[A walk](https://www.youtube.com/watch?v=dQw4w9WgXcQ)

![The box](../../_assets/box.svg "The back of the box.")

```yaml title="site.yaml"
name: Nordlys # a rather long line of code that goes on and on, so that it has to be moved sideways on a telephone
```

[Inside](#deep-in-windows), <https://example.org/>, line one\\
line two.
"""
FILES = {
    **{f"{lang}/payments/everything.md": EVERYTHING for lang in LANGUAGES},
    "_assets/reset.mp4": b"\x00\x00\x00\x18ftypmp42",
    "_assets/box.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300"/>',
}


class Site(NamedTuple):
    """Where the help center is, and a request that somebody made."""

    url: str
    withdrawn: str


class View(NamedTuple):
    """A page in a state: what it is called, its path, and what is done there first."""

    name: str
    path: str
    act: Callable[[Page], None] | None = None


@contextmanager
def whole_site(folder: Path) -> Iterator[Site]:
    """Give the sample library with an article of everything, one that was withdrawn, and a member of staff."""
    articles = folder / "articles"
    shutil.copytree(bundled("articles"), articles)
    write(articles, {**FILES, "en/payments/old-prices.md": "# Old prices\n\nOld.\n"})
    with (articles / "site.yaml").open("a", encoding="utf-8") as site:
        site.write("\nvideo_hosts: [youtube.com]\n")
    keep_history(articles)
    with published(articles, folder / "data") as (app, said):
        assert not said.has_errors
        (articles / "en/payments/old-prices.md").unlink()
        with app.app_context():
            from helpcenter.web.services import services

            services().publish()
            with writing() as session:
                add_staff(session, email=STAFF[0], name="Ed", role="admin", password=STAFF[1])
        with serving(app) as url:
            yield Site(url, "/en/articles/old-prices")


def keep_history(articles: Path) -> None:
    """Make *articles* a repository with one commit."""
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=Ed", "-c", "user.email=ed@example.org", "commit", "-qm", "Begin"]):
        subprocess.run(["git", "-c", "commit.gpgsign=false", *command], cwd=articles, check=True)


def public_views(lang: str) -> list[View]:
    """Return the public pages in *lang* that anyone can open, with the states they can be in."""
    return [
        View("home", f"/{lang}/"),
        View("home, suggestions", f"/{lang}/", open_suggestions),
        View("section", f"/{lang}/sections/payments"),
        View("tag", f"/{lang}/tags/everything"),
        View("article", f"/{lang}/articles/everything", open_details),
        View("article, languages", f"/{lang}/articles/find-an-invoice", open_menu),
        View("article, yes", f"/{lang}/articles/find-an-invoice?voted=yes"),
        View("article, no", f"/{lang}/articles/find-an-invoice?voted=no&q=invoice"),
        View("results", f"/{lang}/search?q=invoice"),
        View("no results", f"/{lang}/search?q=qwzxqwzx"),
        View("search without words", f"/{lang}/search"),
        View("empty chat", f"/{lang}/chat"),
        View("contact", f"/{lang}/contact"),
        View("contact, errors", f"/{lang}/contact", send_nothing),
        View("not found", f"/{lang}/articles/nothing-of-the-kind"),
        View("withdrawn", f"/{lang}/articles/old-prices"),
        View("no such request", "/requests/nothing-of-the-kind"),
        View("new link to a request", f"/{lang}/requests/link"),
        View("new link, sent", f"/{lang}/requests/link?sent=1"),
        View("panel", f"/widget/v1/panel?lang={lang}"),
        View("panel, results", f"/widget/v1/panel?lang={lang}&q=invoice"),
        View("panel, article", f"/widget/v1/panel/articles/everything?lang={lang}", open_details),
        View("panel, missing", f"/widget/v1/panel/articles/nothing-of-the-kind?lang={lang}"),
        View("panel, chat", f"/widget/v1/panel/chat?lang={lang}"),
        View("panel, contact", f"/widget/v1/panel/contact?lang={lang}"),
        View("panel, contact, errors", f"/widget/v1/panel/contact?lang={lang}", send_nothing_in_panel),
        View("search box", f"/widget/v1/search?lang={lang}"),
        View("survey", f"/widget/v1/survey?lang={lang}"),
        View("privacy", f"/{lang}/privacy"),
    ]


def visitors_views(page: Page, lang: str) -> list[View]:
    """Return the pages of a visitor who chatted and asked a person, after doing both."""
    page.goto(f"/{lang}/chat")
    say(page, "invoice" if lang == "en" else CHARGED[lang])
    say(page, CHARGED[lang])
    return [
        View("chat", f"/{lang}/chat"),
        View("panel, conversation", f"/widget/v1/panel/chat?lang={lang}"),
        View("panel, sent", f"/widget/v1/panel/contact?lang={lang}", ask_in_panel),
        View("request", ask(page, lang)),
    ]


def staff_views(page: Page) -> list[View]:
    """Return the pages of staff, after signing in and making a request."""
    request = ask(page, "en")
    page.goto("/staff/sign-in")
    page.fill("#email", STAFF[0])
    page.fill("#password", STAFF[1])
    page.locator("form:has(#password) button").click()
    page.wait_for_url("**/staff/**")
    page.goto("/staff/requests")
    reference = page.locator("main a[href*='/staff/requests/']").first.get_attribute("href")
    page.goto(HISTORY)
    links = page.locator("main a[href*='/history/']").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    paths = ("/staff/requests", reference, "/staff/library", "/staff/style", "/staff/articles/", HISTORY, *links[:2], request, *AREAS)
    return [View(path, path) for path in dict.fromkeys(paths)]


def show(page: Page, view: View) -> None:
    """Bring *view* onto the screen, ready."""
    page.goto(view.path)
    if view.act:
        view.act(page)


def open_suggestions(page: Page) -> None:
    """Type until suggestions are shown."""
    page.locator("#hero-q").press_sequentially("wi")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def open_details(page: Page) -> None:
    """Open everything that opens."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")


def open_menu(page: Page) -> None:
    """Open the menu of languages."""
    page.locator(".menu summary").click()


def send_nothing(page: Page) -> None:
    """Send the form as it is."""
    page.locator("[data-send]").click()
    expect(page.locator(".errors")).to_be_focused()


def send_nothing_in_panel(page: Page) -> None:
    """Send the panel's form as it is."""
    page.locator("form button.wide").click()
    expect(page.locator(".errors")).to_be_visible()


def ask_in_panel(page: Page) -> None:
    """Send the panel's form."""
    fill_in(page)
    page.locator("form button.wide").click()
    expect(page.locator("#subject")).to_have_count(0)


def say(page: Page, text: str) -> None:
    """Write to the bot and wait for its answer."""
    before = page.locator(".message").count()
    page.fill("#chat-text", text)
    page.locator("[data-composer] button[type=submit]").click()
    expect(page.locator(".message").nth(before + 1)).to_be_visible()


def ask(page: Page, lang: str) -> str:
    """Send the contact form; return the path of the request's page."""
    page.goto(f"/{lang}/contact")
    fill_in(page)
    page.locator("[data-send]").click()
    page.wait_for_url("**/requests/**")
    return urlsplit(page.url).path


def fill_in(page: Page) -> None:
    """Fill in the contact form."""
    page.locator("input[name=kind]").first.check()
    page.fill("#subject", "Box")
    page.fill("#body", "It does not turn on.")
    page.fill("#email", "ann@example.org")


def context_of(chromium, site: Site, **options) -> BrowserContext:
    """Return a visitor's browser at *site*."""
    context = chromium.new_context(base_url=site.url, **{"viewport": {"width": 1280, "height": 800}, **options})
    context.set_default_timeout(60_000)
    return context
