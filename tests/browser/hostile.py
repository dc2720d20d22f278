"""Looks at pages in Chromium for anything that ran, was asked for, or stands where it could run.

Pages are loaded many at a time, in frames of one page on the same origin; each keeps its own headers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

MARK = "HOSTILE"
# Runs in every frame before anything else: whatever a payload does to prove itself, and each refusal of the policy, is said.
WATCH = f"""
for (const name of ["alert", "confirm", "prompt", "print", "eval", "open", "Function", "setTimeout", "setInterval"]) {{
  // The page that holds the frames is driven by eval; nothing hostile is in it.
  if (window === top && /^(eval|Function)$/.test(name)) continue;
  const real = window[name];
  window[name] = function (...given) {{
    if (/^set/.test(name) && typeof given[0] === "function") return real.apply(window, given);
    console.error("{MARK} ran", name, location.pathname);
  }};
}}
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("{MARK} policy", event.violatedDirective, event.blockedURI, (event.sample || "").slice(0, 80), location.pathname));
"""
# What is wrong with one document. Our own scripts are modules of our own origin in the head.
LOOK = r"""(shown) => {
  const wrong = [];
  const say = (what, one) => wrong.push(`${what} ${one.outerHTML.slice(0, 160)}`);
  for (const one of shown.querySelectorAll("*")) {
    for (const { name, value } of one.attributes) {
      // Buttons of our own lead to paths of this site.
      if (name === "formaction" && /^\/[\w]/.test(value)) continue;
      if (/^on|^(style|srcdoc|formaction|ping|background|action\b.*:)$/i.test(name)) say(name, one);
      if (/^(href|src|xlink:href|action|data|poster)$/i.test(name) && /^[\s\u0000-\u0020]*(javascript|vbscript|data:text|data:image\/svg|blob)/i.test(value)) say("address", one);
    }
  }
  for (const one of shown.querySelectorAll("script")) {
    // What describes the article to search engines never runs, and must not be able to end early.
    const described = one.type === "application/ld+json" && !one.text.includes("<");
    if (!described && (!one.src.startsWith(location.origin + "/static/") || one.text)) say("script", one);
  }
  for (const one of shown.querySelectorAll("iframe,object,embed,base,meta[http-equiv],applet,frame,style,template,math,portal,link[rel=import]")) say("element", one);
  for (const one of shown.querySelectorAll(".body :is(form,input,button,select,textarea,svg,title,link,meta,noscript,audio)"))
    if (!one.matches(".copy,[role=tab]")) say("in the text", one);
  for (const one of shown.querySelectorAll("img,video,source")) if (one.src && new URL(one.src).origin !== location.origin) say("remote", one);
  const plain = (text) => text.replace(/[\t\n\f\r ]+/g, " ").trim();
  const heading = shown.querySelector("article h1");
  if (heading && !plain(shown.title).startsWith(plain(heading.textContent))) wrong.push(`title ${shown.title.slice(0, 80)}`);
  return wrong;
}"""
GALLERY = "/a-page-of-frames"
AT_ONCE = 24


class Watcher:
    """A browser context that notes everything pages do beyond showing themselves."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context = context
        self.origin = origin
        self.noted: list[str] = []
        self.looked_at = 0
        context.add_init_script(WATCH)
        context.on("console", lambda message: self.noted.append(message.text) if MARK in message.text else None)
        context.on("weberror", lambda error: self.noted.append(f"{MARK} error {error.error}"))
        context.on("dialog", lambda dialog: (self.noted.append(f"{MARK} dialog {dialog.message}"), dialog.dismiss()))
        context.on("request", lambda request: None if request.url.startswith(origin) else self.noted.append(f"{MARK} asked {request.url[:120]}"))
        context.on("page", lambda page: self.noted.append(f"{MARK} window {page.url[:120]}") if self.pages_wanted < len(context.pages) else None)
        context.route(lambda url: url == origin + GALLERY, lambda route: route.fulfill(body="<!doctype html><body>", content_type="text/html"))
        self.pages_wanted = 1
        self.page: Page = context.new_page()

    def look_at(self, paths: Iterable[str]) -> None:
        """Load *paths* in frames, and note what is wrong with each."""
        paths = iter(paths)
        while some := list(islice(paths, AT_ONCE)):
            self.page.goto(self.origin + GALLERY)
            found = self.page.evaluate(
                """async (paths) => {
                  const frames = await Promise.all(paths.map((path) => new Promise((done) => {
                    const frame = document.createElement("iframe");
                    frame.onload = () => done([path, frame]);
                    frame.src = path;
                    document.body.append(frame);
                  })));
                  await new Promise((done) => setTimeout(done, 30));
                  return frames.map(([path, frame]) => {
                    const shown = frame.contentDocument;
                    const at = shown && frame.contentWindow.location.pathname + frame.contentWindow.location.search;
                    if (at !== path) return [path, ["is at " + at]];
                    if (!shown.querySelector("main")) return [path, ["has no page"]];
                    return [path, LOOK(shown)];
                  }).filter(([, wrong]) => wrong.length);
                }""".replace("LOOK", f"({LOOK})"),
                some,
            )
            self.noted += [f"{MARK} {path}: {one}" for path, wrong in found for one in wrong]
            self.looked_at += len(some)

    def look_here(self, paths: Iterable[str]) -> None:
        """Load *paths* that no page may frame, one by one."""
        for path in paths:
            self.page.goto(self.origin + path)
            self.noted += [f"{MARK} {path}: {one}" for one in self.page.evaluate(f"() => ({LOOK})(document)")]
            self.looked_at += 1


def payloads(path: Path) -> list[str]:
    """Return every row of the corpus."""
    return [json.loads(line)["payload"] for line in path.read_text(encoding="utf-8").split("\n") if line]


def quoted(text: str) -> str:
    """Return *text* as a quoted value of YAML."""
    escaped = "".join(one if one.isprintable() and one not in '"\\' else f"\\U{ord(one):08x}" for one in text)
    return f'"{escaped}"'


def batches(rows: list[str], size: int) -> Iterator[list[str]]:
    """Give *rows* in lists of at most *size*."""
    rows_left = iter(rows)
    while some := list(islice(rows_left, size)):
        yield some
