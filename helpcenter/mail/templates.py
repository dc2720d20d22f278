"""The texts of mail: `templates/email/<name>/{subject.txt,body.txt,body.html}`, in the language of the recipient."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from helpcenter.language.messages import text_direction, translations


class Texts(NamedTuple):
    """What a mail says: its subject, its plain text and its HTML."""

    subject: str
    text: str
    html: str


def render(folder: Path | str, template: str, lang: str, /, **values: object) -> Texts:
    """Return the texts of the mail *template* in *lang*. *folder* is the one with all templates."""
    environment = _environment(str(folder), lang)
    values = {"lang": lang, "direction": text_direction(lang), **values}
    parts = (environment.get_template(f"email/{template}/{part}").render(values) for part in ("subject.txt", "body.txt", "body.html"))
    subject, text, html = parts
    return Texts(" ".join(subject.split()), text.strip() + "\n", html)


@lru_cache(maxsize=64)
def _environment(folder: str, lang: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(translations(lang), newstyle=True)
    environment.filters["paragraphs"] = paragraphs
    return environment


def paragraphs(text: str) -> Markup:
    """Return plain *text* as HTML paragraphs, escaped.

    >>> paragraphs("One\\ntwo\\n\\n<three>")
    Markup('<p>One<br>two</p>\\n<p>&lt;three&gt;</p>')
    """
    blocks = [block for block in text.strip().split("\n\n") if block.strip()]
    return Markup("\n").join(Markup("<p>") + Markup("<br>").join(escape(line) for line in block.split("\n")) + Markup("</p>") for block in blocks)
