"""Hold the canned replies of site.yaml against the etiquette of the bot, and their languages against each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from helpcenter.chat import etiquette
from helpcenter.chat.etiquette import Remark
from helpcenter.content.hardened_yaml import Document
from helpcenter.content.problems import WARNING, Problem
from helpcenter.content.request_settings import VARIABLE, CannedReply
from helpcenter.content.site import SITE_FILE, Site, read_site_file


def check_canned_replies(folder: Path, site: Site) -> Iterator[Problem]:
    """Yield what is not polite in a canned reply, and what one of its languages lacks, as warnings."""
    replies = site.requests.canned_replies
    # Only a file that can be used has replies.
    document = read_site_file(folder / SITE_FILE) if replies else None
    for name, reply in replies.items():
        for lang, code, message in (*impolite(reply), *missing(reply, site.languages)):
            yield Problem(SITE_FILE, line_of(document, name, lang), code, WARNING, f"requests.canned_replies.{name}.text.{lang}: {message}")


def line_of(document: Document, name: str, lang: str) -> int:
    """Return the line of a text, or of what should hold it."""
    return document.line_of(("requests", "canned_replies", name, "text", lang))


def impolite(reply: CannedReply) -> Iterator[tuple[str, str, str]]:
    """Yield what the etiquette remarks in each language of *reply*: language, code, message."""
    first = next(iter(reply.text.values()))
    for lang, text in reply.text.items():
        # What a variable is filled with is not ours to judge.
        for remark in etiquette.remarks(VARIABLE.sub("", text)):
            yield lang, remark.code, remark.reason()
        if text is not first and etiquette.is_same_text(text, first):
            yield lang, "SAME-TEXT", Remark("SAME-TEXT", etiquette.shown(text)).reason()


def missing(reply: CannedReply, languages: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield which of the *languages* have no text, and which texts lack a variable that another one has."""
    named = {lang: set(VARIABLE.findall(text)) for lang, text in reply.text.items()}
    everywhere = set().union(*named.values())
    for lang in languages:
        if lang not in named:
            yield lang, "missing-reply", f"there is no text; customers who read {lang} would get one in another language"
        elif lacking := sorted(everywhere - named[lang]):
            yield lang, "missing-variable", f"it lacks {', '.join(f'{{{{ {each} }}}}' for each in lacking)}, which another language has"
