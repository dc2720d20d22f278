"""The pictures of the documentation, made anew from the sample library: `python -m tests.browser.pictures`, or `… home chat` for those."""

import io
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from helpcenter.web import logs
from tests.browser.conftest import ARGUMENTS
from tests.browser.everypage import CHARGED, Site, context_of, open_suggestions, say, whole_site

FOLDER = Path(__file__).parents[2] / "docs" / "images"
QUALITY = 74
WIDE, TALL, PHONE, PANEL = (1280, 860), (1280, 1100), (320, 640), (400, 660)


class Picture(NamedTuple):
    """A picture: its name, the path it shows, light or dark, the window, what is done there first."""

    name: str
    path: str
    scheme: str = "light"
    size: tuple[int, int] = WIDE
    act: Callable[[Page], None] | None = None


def ask(lang: str) -> Callable[[Page], None]:
    """Return what asks the bot in *lang* about a payment that was taken twice."""
    return lambda page: say(page, CHARGED[lang])


def scroll_to_tabs(page: Page) -> None:
    """Move the tabs of an article into sight."""
    page.locator(".tabs").first.evaluate("(one) => scrollTo(0, one.offsetTop - 200)")


PICTURES = (
    Picture("home.webp", "/en/"),
    Picture("home-lv-dark.webp", "/lv/", "dark"),
    Picture("home-kk-320-dark.webp", "/kk/", "dark", PHONE),
    Picture("home-pl-suggestions.webp", "/pl/", act=open_suggestions),
    Picture("section-kk.webp", "/kk/sections/returns"),
    Picture("section-lv-320.webp", "/lv/sections/internet", size=PHONE),
    Picture("article-lv.webp", "/lv/articles/find-an-invoice"),
    Picture("article-kk-320.webp", "/kk/articles/router-not-working", size=PHONE),
    Picture("article-sv-dark.webp", "/sv/articles/router-not-working", "dark"),
    Picture("article-tabs.webp", "/en/articles/set-up-your-router", act=scroll_to_tabs),
    Picture("search-lv-dark.webp", "/lv/search?q=rekins", "dark"),
    Picture("contact-kk-320.webp", "/kk/contact", size=PHONE),
    Picture("chat-lv.webp", "/lv/chat", size=TALL, act=ask("lv")),
    Picture("not-found-lv.webp", "/lv/articles/nothing-of-the-kind"),
    Picture("widget-lv.webp", "/widget/v1/panel?lang=lv", size=PANEL),
    Picture("widget-chat-kk-320-dark.webp", "/widget/v1/panel/chat?lang=kk", "dark", PHONE, ask("kk")),
    Picture("not-found-kk-320-dark.webp", "/kk/articles/nothing-of-the-kind", "dark", PHONE),
)


def take(page: Page, picture: Picture) -> bytes:
    """Return *picture* as a PNG."""
    page.set_viewport_size(dict(zip(("width", "height"), picture.size, strict=True)))
    page.emulate_media(color_scheme=picture.scheme)
    page.goto(picture.path)
    page.wait_for_load_state("networkidle")
    if picture.act:
        picture.act(page)
    return page.screenshot(animations="disabled")


def small(picture: bytes) -> bytes:
    """Return *picture* as WebP, a third of the size of its PNG."""
    made = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").save(made, "WEBP", quality=QUALITY, method=6)
    return made.getvalue()


def write_pictures(site: Site, folder: Path, wanted: tuple[str, ...]) -> None:
    """Take the pictures whose name begins with one of *wanted* and write them to *folder*."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for picture in PICTURES:
            if picture.name.startswith(wanted):
                context = context_of(chromium, site)
                made = small(take(context.new_page(), picture))
                context.close()
                (folder / picture.name).write_bytes(made)
                print(f"{picture.name} {len(made) / 1024:.0f} KB")
        chromium.close()


if __name__ == "__main__":
    logs.configure("error")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as name, whole_site(Path(name)) as site:
        write_pictures(site, FOLDER, tuple(sys.argv[1:]) or ("",))
