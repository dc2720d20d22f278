"""Files that begin from a template: an article, a translation, a section. Nothing that exists is overwritten."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from helpcenter.content.accepting import DIGITS, read_articles
from helpcenter.content.compilation import count_words
from helpcenter.content.hardened_yaml import YamlRefused, load
from helpcenter.content.languages import language_folders
from helpcenter.content.problems import nearest
from helpcenter.content.reader import ArticleSource, plain_title
from helpcenter.content.restoring import replace_file
from helpcenter.content.site import SITE_FILE, Site
from helpcenter.content.slugs import section_key, slug_of
from helpcenter.content.translations import source_language

ARTICLE = """\
---
{title}description: # One or two sentences for lists and search results, 50 to 160 characters.
draft: true # Take this line out to publish.
---

<!-- Say in the first sentence what readers get done here. Then the steps, one thing each. -->
"""
# What a translation takes over from its source; its address, dates and redirects are its own.
TAKEN_OVER = (
    "title", "short_title", "description", "section", "category", "order", "tags", "keywords", "unlisted", "featured", "related", "toc",
    "audience", "translation_key",
)  # fmt: skip
WORDS_OF_READERS = ("title", "short_title", "description", "tags", "keywords")
HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
IMAGE = re.compile(r"!\[[^\]\n]{1,300}\]\(")
SECTIONS = re.compile(r"^sections:[ \t]*(?:#.*)?\n(?P<block>(?:(?:[ \t-].*|#.*|)\n)*)", re.MULTILINE)
ITEM = re.compile(r"^(?P<indent>[ \t]*)-[ \t]", re.MULTILINE)


class NotMade(Exception):
    """Why a file cannot be made; the message says what to change."""


@dataclass(frozen=True)
class NewFile:
    """A file to be written: its path in the content folder, its text, and what an editor should know of it."""

    path: str
    text: str
    notes: list[str] = field(default_factory=list)


def new_article(root: Path, site: Site, title: str, *, lang: str, section: str = "", slug: str = "") -> NewFile:
    """Return a draft with *title*, in the folder of *lang* and *section*, named by its slug. Raises NotMade."""
    name = slug_of(slug or title)
    for by_lang in read_articles(root, site).values():
        taken = by_lang.get(lang)
        if taken and taken.slug == name:
            raise NotMade(f"The slug {name} is that of {taken.path}; give another with --slug.")
    path = PurePosixPath(folder_of(root, lang), section_key(section), f"{name}.md").as_posix()
    return NewFile(path, ARTICLE.format(title=as_yaml({"title": title})))


def new_translation(root: Path, site: Site, lang: str, key: str) -> NewFile:
    """Return a draft of the translation of *key* into *lang*: a copy of its source that says so. Raises NotMade."""
    articles = read_articles(root, site)
    by_lang = {code: source for code, source in articles.get(key, {}).items() if code == lang or not source.front.draft}
    if lang in by_lang:
        raise NotMade(f"There is a translation already: {by_lang[lang].path}.")
    code = source_language(site, by_lang)
    if code is None:
        raise NotMade(f"There is no article {key} to translate.{nearest(key, articles)}")
    source = by_lang[code]
    keys = {name: source.front.values[name] for name in TAKEN_OVER if name in source.front.lines}
    front = as_yaml({**keys, "source_hash": source.text_hash[:DIGITS]}) + "draft: true # Take this line out to publish.\n"
    path = PurePosixPath(folder_of(root, lang), f"{source.file.key}{PurePosixPath(source.path).suffix}").as_posix()
    text = f"---\n{front}---\n{source.markdown}"
    return NewFile(path, text, [f"Made from {source.path}. To translate:", *to_translate(source)])


def to_translate(source: ArticleSource) -> list[str]:
    """Return what there is to translate in *source*, a line each."""
    given = {name: source.front.values[name] for name in WORDS_OF_READERS if source.front.values[name]}
    lines = [f"  {name}: {', '.join(value) if isinstance(value, list | tuple) else value}" for name, value in given.items()]
    lines += [f"  heading: {plain_title(heading)}" for heading in HEADING.findall(source.markdown)]
    images = len(IMAGE.findall(source.markdown))
    lines += [f"  descriptions of images: {images}"] * bool(images)
    return [*lines, f"  about {count_words(source.markdown):,} words of text"]


def new_section(root: Path, site: Site, key: str, title: str, *, lang: str) -> NewFile:
    """Return site.yaml with the section *key* at the end of its list, and nothing else changed. Raises NotMade."""
    name = section_key(key)
    if any(section.key == name for section in site.sections):
        raise NotMade(f"There is a section {name} already.")
    item = [f"- key: {name}", "  title:", f"    {as_yaml({lang: title}).strip()}"]
    place = root / SITE_FILE
    text = place.read_text(encoding="utf-8") if place.exists() else ""
    changed = with_item(text, item)
    try:
        before, after = (load(one, aliases=True).value or {} for one in (text, changed))
    except YamlRefused:
        before, after = {}, None
    wanted = {**before, "sections": [*(before.get("sections") or []), {"key": name, "title": {lang: title}}]}
    if after != wanted:
        raise NotMade(f"{SITE_FILE} is written in a way of its own; add this to its sections yourself: key: {name}, title: {{{lang}: {title}}}")
    return NewFile(SITE_FILE, changed, [f"Put articles into {folder_of(root, lang)}/{name}/."])


def with_item(text: str, item: list[str]) -> str:
    """Return the text of site.yaml with *item* at the end of `sections`."""
    text = text if not text or text.endswith("\n") else f"{text}\n"
    found = SECTIONS.search(text)
    if found is None:
        return text + ("\n" if text else "") + "sections:\n" + "".join(f"  {line}\n" for line in item)
    block = found["block"].rstrip("\n")
    first = ITEM.search(block)
    indent = first["indent"] if first else "  "
    end = found.start("block") + len(block)
    added = "".join(f"\n{indent}{line}" for line in item)
    return text[:end] + (added if block else added.lstrip("\n")) + text[end:]


def folder_of(root: Path, lang: str) -> str:
    """Return the name of the folder of *lang*: as it is spelled, or the code when there is none."""
    found = language_folders(root).get(lang)
    return found.name if found else lang


def as_yaml(keys: dict[str, Any]) -> str:
    """Return *keys* as lines of YAML, a key each."""
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in keys.items()}
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=1000)


def write_new(root: Path, file: NewFile) -> None:
    """Write *file* below *root*. Raises NotMade when there is one, or when its folder is elsewhere."""
    place = root / file.path
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.parent.resolve().is_relative_to(root):
            raise NotMade(f"The folder of {file.path} leads out of the content folder.")
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        raise NotMade(f"{file.path} is there already; nothing was changed.") from None
    except OSError as error:
        raise NotMade(f"{file.path} cannot be written ({error.strerror}).") from error
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(file.text)


def write_changed(root: Path, file: NewFile) -> None:
    """Write *file* below *root*, in the place of the one it was made from when there is one."""
    if (root / file.path).exists():
        replace_file(root, file.path, file.text.encode("utf-8"))
    else:
        write_new(root, file)
