"""What a careful colleague would say of articles that could be published as they are: links, tables, pictures, dates, names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from helpcenter.content.compilation import Compiled
from helpcenter.content.problems import INFO, WARNING, Problem
from helpcenter.content.reader import ArticleSource
from helpcenter.content.slugs import slug_of

# Texts of links that say nothing of where they lead, read alone, as a list of links is read aloud.
VAGUE = {
    "en": "here|click here|see here|this|this link|this page|link|more|read more|learn more|see more|more info|more information|go",
    "lv": "šeit|te|spied šeit|spiediet šeit|klikšķini šeit|klikšķiniet šeit|noklikšķiniet šeit|skatīt šeit|šo saiti|šī saite|saite|šajā saitē"
    "|šajā lapā|vairāk|lasi vairāk|lasīt vairāk|uzzini vairāk|uzzināt vairāk|sīkāk",
    "pl": "tutaj|tu|kliknij tutaj|kliknij tu|zobacz tutaj|ten link|tym linkiem|link|ta strona|tej stronie|więcej|czytaj więcej|zobacz więcej"
    "|dowiedz się więcej|więcej informacji",
    "sv": "här|klicka här|se här|den här länken|denna länk|länk|länken|den här sidan|mer|läs mer|se mer|mer information",
    "kk": "мұнда|осында|осы жерде|мұнда басыңыз|осында басыңыз|осы жерді басыңыз|осы сілтеме|осы сілтемеде|сілтеме|осы бетте|толығырақ"
    "|көбірек|толығырақ оқу|көбірек білу",
}
VAGUE_WORDS = {lang: frozenset(words.split("|")) for lang, words in VAGUE.items()}
LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,200})\][(\[]")
BARE = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
WHOLE_LINK = re.compile(r"!?\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,1000}\)|\[[^\[\]\n]{0,300}\])|^ {0,3}\[[^\[\]\n]{1,300}\]:.*")
BARE_IN_TEXT = re.compile(r"(?<![\w/(<\"'\]=:])https?://[^\s<>()\[\]]{1,500}", re.IGNORECASE)
IMAGE = re.compile(r"!\[([^\[\]\n]{0,300})\]\(\s*<?([^\s()<>]{1,500})")
CODE = re.compile(r"`[^`\n]*`")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
DELIMITERS = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*){1,100}\|?[ \t]*\Z")
PIPE = re.compile(r"(?<!\\)\|")
KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+\Z")
HREF = re.compile(r'href="/[a-z-]+/articles/([^"#?]+)')
MARKS = str.maketrans(dict.fromkeys("*_`~.!…:→»›>"))


def review(compiled: list[Compiled], now: datetime.datetime) -> Iterator[Problem]:
    """Yield what a colleague would say of the articles *compiled*, as of *now*."""
    for each in compiled:
        yield from review_text(each.source)
        yield from review_dates(each.source, now)
    yield from same_titles(each.source for each in compiled)
    yield from orphans(compiled)


def review_text(source: ArticleSource) -> Iterator[Problem]:
    """Yield what is odd about links, pictures and tables."""
    lines = list(prose(source.markdown))
    for number, line in lines:
        place = source.body_line + number
        for code, severity, message in (*odd_links(line, source.lang), *odd_images(line)):
            yield Problem(source.path, place, code, severity, message)
    bare = [(number, address) for number, line in lines for address in BARE_IN_TEXT.findall(WHOLE_LINK.sub("", line))]
    if bare:
        message = f"The address {bare[0][1][:80]} stands bare in the text; [words](address) reads better."
        more = f" There are {len(bare)} in the file." if len(bare) > 1 else ""
        yield Problem(source.path, source.body_line + bare[0][0], "bare-url", INFO, message + more)
    for number, message in odd_rows(lines):
        yield Problem(source.path, source.body_line + number, "table-columns", WARNING, message)


def prose(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield the lines outside of code blocks, with their numbers from 0; code within a line is blanked."""
    fence = ""
    for number, line in enumerate(markdown.split("\n")):
        found = FENCE.match(line)
        if fence:
            if found and found.group(1).startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif found:
            fence = found.group(1)
        else:
            yield number, CODE.sub("``", line)


def odd_links(line: str, lang: str) -> Iterator[tuple[str, str, str]]:
    """Yield links whose text does not say where they lead."""
    words = VAGUE_WORDS.get(lang.partition("-")[0], frozenset())
    for found in LINK.finditer(line):
        text = " ".join(found.group(1).translate(MARKS).split()).lower()
        if text in words:
            yield "vague-link", WARNING, f"The link “{found.group(1)}” does not say where it leads; use words of the page behind it."
        elif BARE.fullmatch(found.group(1).strip()):
            yield "vague-link", WARNING, "The text of the link is an address; use words of the page behind it."


def odd_images(line: str) -> Iterator[tuple[str, str, str]]:
    """Yield pictures whose description is their file's name, or whose name is hard to type."""
    for alt, target in IMAGE.findall(line):
        name = PurePosixPath(unquote(target.partition("?")[0].partition("#")[0])).name
        if alt.strip() and slug_of(alt) in (slug_of(name), slug_of(PurePosixPath(name).stem)) and is_file_name(alt):
            yield "alt-is-file-name", WARNING, f"The description of {name[:80]} is its file's name; say what the picture shows."
        if "://" not in target and not target.startswith("data:") and not KEBAB.match(name):
            yield "image-name", INFO, f"The name {name[:80]} has more than a-z, 0-9 and -; such names break in addresses and on other systems."


def is_file_name(text: str) -> bool:
    """Return whether *text* looks like the name of a file and not like words.

    >>> is_file_name("IMG_0042"), is_file_name("pay-page.png"), is_file_name("Invoice"), is_file_name("Well-known")
    (True, True, False, False)
    """
    text = text.strip()
    return " " not in text and bool(re.search(r"[_\d]|\.\w{2,5}\Z|\w-\w.*-\w", text))


def odd_rows(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the rows of tables that have more or fewer cells than their heading."""
    width, previous = 0, None
    for number, line in lines:
        if width and "|" in line and previous == number - 1:
            cells = cells_in(line)
            if cells != width:
                lost = " the last are lost." if cells > width else " the last stay empty."
                yield number, f"This row has {cells} cells, the table's heading {width};{lost}"
        elif width:
            width = 0
        if not width and DELIMITERS.match(line):
            above = dict(lines).get(number - 1, "") if "|" in line else ""
            width = cells_in(line) if "|" in above and cells_in(above) == cells_in(line) else 0
        previous = number


def cells_in(row: str) -> int:
    r"""Return how many cells a row of a table has.

    >>> cells_in("| a | b \\| c |"), cells_in("a | b")
    (2, 2)
    """
    row = row.strip()
    return len(PIPE.split(row.removeprefix("|"))) - bool(PIPE.search(row[-1:]) and not row.endswith("\\|"))


def review_dates(source: ArticleSource, now: datetime.datetime) -> Iterator[Problem]:
    """Yield why readers do not see an article, and whether it is due to be read again."""
    front = source.front
    if front.draft:
        line = front.lines.get("draft") or 1
        yield Problem(source.path, line, "draft", INFO, "A draft: readers do not see it.")
    if front.publish_at and front.expire_at and front.publish_at >= front.expire_at:
        message = "It expires before it appears, so readers never see it."
        yield Problem(source.path, front.lines.get("expire_at", 1), "never-public", WARNING, message)
    elif front.expire_at and front.expire_at <= now:
        message = f"It expired on {front.expire_at:%Y-%m-%d}; readers do not see it. Delete the file, or give it another date."
        yield Problem(source.path, front.lines.get("expire_at", 1), "expired", WARNING, message)
    elif front.publish_at and front.publish_at > now:
        message = f"It appears on {front.publish_at:%Y-%m-%d %H:%M %Z}; readers do not see it yet."
        yield Problem(source.path, front.lines.get("publish_at", 1), "not-yet", INFO, message)
    if front.review_by and front.review_by < now.date() and not front.draft:
        message = f"It was to be read again by {front.review_by}; do so, and set a new date."
        yield Problem(source.path, front.lines.get("review_by", 1), "review-overdue", WARNING, message)


def same_titles(sources: Iterable[ArticleSource]) -> Iterator[Problem]:
    """Yield the articles of a section that have the title of another one there."""
    first: dict[tuple[str, str, str], str] = {}
    for source in sorted((source for source in sources if not source.front.draft), key=lambda source: source.path):
        name = (source.lang, source.section, " ".join(source.title.casefold().split()))
        if name in first:
            message = f"{first[name]} has the same title in the same section; readers cannot tell them apart."
            yield Problem(source.path, source.front.lines.get("title", 1), "same-title", WARNING, message)
        first.setdefault(name, source.path)


def orphans(compiled: list[Compiled]) -> Iterator[Problem]:
    """Yield the unlisted articles that nothing leads to: they are in no list and no search, and no article links to them."""
    if not any(each.source.front.unlisted for each in compiled):
        return
    linked = {(slug, each.source.path) for each in compiled for slug in HREF.findall(each.rendered.html)}
    related = {key for each in compiled for key in each.row["related"]}
    for each in compiled:
        source = each.source
        leads = any(slug == source.slug and path != source.path for slug, path in linked)
        if source.front.unlisted and not leads and not related & {source.key, source.slug}:
            message = "It is unlisted, and no article links to it: only who has its address finds it."
            yield Problem(source.path, source.front.lines.get("unlisted", 1), "orphan", INFO, message)
