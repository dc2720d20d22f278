"""What foreign HTML becomes before it is turned into Markdown: a tree with nothing in it but what Markdown can say.

Boxes are marked as alerts, videos become links, code keeps its language, headings begin at the second level. Whatever
is taken out is told to `lose`, once for each kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

from helpcenter.content.figures import video_site
from helpcenter.content.importers.callouts import BOXES, classes_of, kind_of, take_label
from helpcenter.content.importers.html_parsing import tags
from helpcenter.content.sanitising import DROPPED_WHOLE, has_known_scheme

BLOCKS = frozenset(
    "address article aside blockquote center dd details div dl dt fieldset figure figcaption footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul video raw".split()
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
INLINE = ("a", "strong", "em", "del", "code", "kbd", "sub", "sup", "mark")
RENAMED = {"b": "strong", "i": "em", "s": "del", "strike": "del", "tt": "code", "samp": "code", "var": "em", "cite": "em"}
KEPT = BLOCKS - {"form", "fieldset", "center", "address", "footer", "header", "main", "nav"} | frozenset(("a", "img", "br", "q", "caption", *INLINE))
# What goes with its text, and what the report says of it; those without words are nothing that a reader would miss.
DROPPED = {
    "script": "a script",
    "object": "an embedded object",
    "embed": "an embedded object",
    "svg": "a drawing (SVG)",
    "math": "a formula (MathML)",
    "canvas": "a drawing (canvas)",
    "select": "a form's list",
    "textarea": "a form's field",
    "input": "a form's field",
    "audio": "a sound",
    **dict.fromkeys(("style", "template", "noscript", "title", "head", "meta", "link", "base", "map", "xmp", "noembed", "noframes"), ""),
}
GONE = (DROPPED_WHOLE | set(DROPPED)) - {"iframe"}
LANGUAGE_CLASS = re.compile(r"(?:language|lang|highlight-source|highlight-text|brush:?)[-:]?\s?([A-Za-z][\w+#.-]{0,30})\Z")
NO_LANGUAGE = frozenset({"none", "plain", "plaintext", "text", "markup-none", "highlighter", "block"})
PRISM_NAMES = {"markup": "html"}
ID = re.compile(r"[\w.:-]{1,120}\Z")
EMOJI_CLASS = frozenset({"emoji", "emojione", "emoticon", "intercom-emoji"})

Lose = Callable[[str, str], None]


@dataclass
class Surroundings:
    """What an article's HTML stands in.

    `link` and `image` return where an address leads now: a path of the content folder or an address, None to drop it.
    """

    lang: str
    title: str
    link: Callable[[str], str | None]
    image: Callable[[str], str | None]
    lose: Lose


def clean(soup: BeautifulSoup, around: Surroundings) -> None:
    """Change *soup* so that a Markdown converter that knows our marks can say all of it."""
    drop_what_is_no_text(soup, around)
    for tag in tags(soup, RENAMED):
        tag.name = RENAMED[tag.name]
    mark_code(soup)
    mark_frames(soup, around)
    mark_boxes(soup, around)
    resolve_targets(soup, around)
    keep_anchors(soup)
    for tag in [each for each in soup.descendants if isinstance(each, Tag) and each.name not in KEPT]:
        tag.unwrap()
    unwrap_small_tables(soup)
    for tag in tags(soup, INLINE):
        if tag.name != "a" and tag.find_parent(tag.name) is not None:
            tag.unwrap()
    unwrap_around_blocks(soup)
    soup.smooth()
    mend_lists(soup)
    level_headings(soup, around)


def drop_what_is_no_text(soup: BeautifulSoup, around: Surroundings) -> None:
    """Take out comments, scripts, forms and the like."""
    for comment in [each for each in soup.descendants if isinstance(each, Comment)]:
        comment.extract()
    seen: set[str] = set()
    for tag in tags(soup, GONE):
        if tag.parent is None:
            continue
        words = DROPPED.get(tag.name, "an element of a form")
        if words and words not in seen:
            seen.add(words)
            around.lose("dropped", f"{words} (<{tag.name}>) was left out")
        tag.extract()


def mark_code(soup: BeautifulSoup) -> None:
    """Make plain text of code blocks, with their language beside it."""
    for box in tags(soup, ("div",)):
        if "codesample" in classes_of(box):
            box.name = "pre"
    for pre in tags(soup, ("pre",)):
        if pre.find_parent("pre") is not None:
            continue
        language = language_of(pre)
        for line_end in tags(pre, ("br",)):
            line_end.replace_with("\n")
        for line in tags(pre, ("div", "p", "li")):
            line.append("\n")
        text = pre.get_text().strip("\n")
        pre.clear()
        pre.attrs = {"data-language": language} if language else {}
        pre.append(NavigableString(text))


def language_of(pre: Tag) -> str:
    """Return the language of a code block, from the places where tools write it."""
    inner = pre.find("code")
    for tag in (inner, pre, pre.parent):
        if not isinstance(tag, Tag):
            continue
        for name in ("data-language", "data-lang", "data-code-language", "lang"):
            given = str(tag.get(name) or "").lower()
            if given and tag is not pre.parent and name != "lang" and given not in NO_LANGUAGE:
                return re.sub(r"[^\w+#.-]", "", given)[:30]
        for found in filter(None, map(LANGUAGE_CLASS.match, [*classes_of(tag), " ".join(classes_of(tag))])):
            language = found.group(1).lower()
            if language not in NO_LANGUAGE:
                return PRISM_NAMES.get(language, language)
    return ""


def mark_frames(soup: BeautifulSoup, around: Surroundings) -> None:
    """Make links of videos and other pages shown in frames."""
    for frame in tags(soup, ("iframe", "video")):
        if frame.parent is None:
            continue
        source = frame.find("source", src=True) if frame.name == "video" else None
        address = str(frame.get("src") or frame.get("data-src") or (source.get("src") if source else "") or "").strip()
        href = page_of(address)
        if not href or not has_known_scheme(href):
            around.lose("frame", "a frame without an address was left out")
            frame.extract()
            continue
        if frame.name == "iframe" and not video_site(href):
            around.lose("frame", f"a frame became a link: {href[:200]}")
        link = soup.new_tag("a", href=href)
        link.string = str(frame.get("title") or "").strip()[:200] or href
        holder = soup.new_tag("p")
        holder.append(link)
        frame.replace_with(holder)


def page_of(address: str) -> str:
    """Return the page of a video whose player has *address*; other addresses as they are.

    >>> page_of("//www.youtube.com/embed/dQw4w9WgXcQ?rel=0"), page_of("https://player.vimeo.com/video/76979871")
    ('https://www.youtube.com/watch?v=dQw4w9WgXcQ', 'https://vimeo.com/76979871')
    >>> page_of("https://www.loom.com/embed/abc123")
    'https://www.loom.com/share/abc123'
    """
    address = f"https:{address}" if address.startswith("//") else address
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    last = PurePosixPath(parts.path).name
    if host in ("youtube.com", "youtube-nocookie.com") and parts.path.startswith("/embed/"):
        return f"https://www.youtube.com/watch?v={last}"
    if host == "player.vimeo.com":
        return f"https://vimeo.com/{last}"
    if host in ("loom.com", "useloom.com") and parts.path.startswith("/embed/"):
        return f"https://www.loom.com/share/{last}"
    return address


def mark_boxes(soup: BeautifulSoup, around: Surroundings) -> None:
    """Make quotes with the name of an alert of boxes that draw attention."""
    for box in tags(soup, BOXES):
        kind = kind_of(box)
        if kind is None and box.name != "blockquote":
            continue
        if box.find_parent("blockquote") is not None:
            continue
        kind = take_label(box, around.lang) or kind
        if kind is None:
            continue
        box.name = "blockquote"
        box["data-alert"] = kind
        for heading in tags(box, HEADINGS):
            heading.name = "p"
            heading_text = around_with(soup, heading, "strong")
            heading.append(heading_text)


def around_with(soup: BeautifulSoup, tag: Tag, name: str) -> Tag:
    """Return a new element *name* that holds what *tag* held."""
    wrapper = soup.new_tag(name)
    for child in list(tag.children):
        wrapper.append(child.extract())
    return wrapper


def resolve_targets(soup: BeautifulSoup, around: Surroundings) -> None:
    """Lead links and images to where their targets are now."""
    for image in tags(soup, ("img",)):
        alt = str(image.get("alt") or "").strip()
        if EMOJI_CLASS.intersection(classes_of(image)) and alt:
            image.replace_with(alt)
            continue
        source = around.image(str(image.get("src") or "").strip())
        if source is None:
            image.replace_with(alt)
        else:
            title = str(image.get("title") or "").strip()
            image.attrs = {"src": source, "alt": alt} | ({"title": title} if title and title != alt else {})
    for figure in tags(soup, ("figure",)):
        caption, image = figure.find("figcaption"), figure.find("img")
        if caption is not None and image is not None and len(figure.find_all("img")) == 1:
            image["title"] = " ".join(caption.get_text().split())
            caption.extract()
    for link in tags(soup, ("a",)):
        href = str(link.get("href") or "").strip()
        target = around.link(href) if href else None
        if target is None:
            link.attrs.pop("href", None)
        else:
            link["href"] = target


def keep_anchors(soup: BeautifulSoup) -> None:
    """Keep the ids of headings, and of whatever the article itself links to; an old-fashioned name is an id."""
    wanted = {str(link.get("href"))[1:] for link in tags(soup, ("a",)) if str(link.get("href") or "").startswith("#")}
    named = [each for each in soup.descendants if isinstance(each, Tag) and (each.get("id") or (each.name == "a" and each.get("name")))]
    for tag in named:
        given = str(tag.get("id") or tag.get("name") or "")
        tag.attrs.pop("name", None)
        tag.attrs.pop("id", None)
        if not ID.match(given):
            continue
        heading = tag if tag.name in HEADINGS else tag.find_parent(HEADINGS) or heading_after(tag)
        if heading is not None and not heading.get("id"):
            heading["id"] = given
        elif given in wanted and tag.name != "a":
            tag.insert(0, soup.new_tag("a", id=given))
        elif given in wanted:
            tag["id"] = given


def heading_after(anchor: Tag) -> Tag | None:
    """Return the heading that follows an empty anchor directly, or None."""
    if anchor.name != "a" or anchor.get_text().strip():
        return None
    at: Tag = anchor
    if at.parent is not None and at.parent.name == "p" and not at.parent.get_text().strip():
        at = at.parent
    following = at.next_sibling
    while isinstance(following, NavigableString) and not following.strip():
        following = following.next_sibling
    return following if isinstance(following, Tag) and following.name in HEADINGS else None


def unwrap_small_tables(soup: BeautifulSoup) -> None:
    """Take tables of one cell apart: they were used as boxes."""
    for table in tags(soup, ("table",)):
        cells = table.find_all(["td", "th"])
        if len(cells) == 1:
            cell = cells[0]
            cell.name = "div"
            for tag in table.find_all(["tbody", "thead", "tfoot", "tr"]):
                tag.unwrap()
            table.unwrap()


def unwrap_around_blocks(soup: BeautifulSoup) -> None:
    """Take apart what is inline but holds blocks, and blocks in headings and links."""
    for tag in tags(soup, INLINE):
        blocks = tags(tag, BLOCKS)
        if not blocks:
            continue
        if tag.name == "a":
            for block in blocks:
                block.append(" ")
                block.unwrap()
        else:
            tag.unwrap()
    for heading in tags(soup, HEADINGS):
        for inner in tags(heading, BLOCKS | {"strong", "br"}):
            if inner.parent is not None:
                inner.insert_before(" ")
                inner.unwrap()


def mend_lists(soup: BeautifulSoup) -> None:
    """Put lists and text that stand directly in a list into the item before, and number the items."""
    for listing in tags(soup, ("ul", "ol")):
        item: Tag | None = None
        number = int(start) if (start := str(listing.get("start") or "1")).isascii() and start.isdigit() and len(start) < 9 else 1
        for child in list(listing.children):
            if isinstance(child, Tag) and child.name == "li":
                item = child
                item["data-number"] = str(number)
                number += 1
            elif isinstance(child, Tag) or child.strip():
                if item is None:
                    item = soup.new_tag("li")
                    item["data-number"] = str(number)
                    number += 1
                    child.insert_before(item)
                item.append(child.extract())
    for item in tags(soup, ("li",)):
        if item.parent is None or item.parent.name not in ("ul", "ol"):
            item.name = "p"


def level_headings(soup: BeautifulSoup, around: Surroundings) -> None:
    """Let headings begin at the second level and never skip one; those without text go, and one that says the title."""
    above: list[int] = []
    first = True
    for heading in tags(soup, HEADINGS):
        text = " ".join(heading.get_text().split())
        if not text and heading.find("img") is None:
            heading.extract()
            continue
        if first and text.casefold() == " ".join(around.title.split()).casefold():
            heading.extract()
            first = False
            continue
        first = False
        level = int(heading.name[1])
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        heading["data-level"] = str(min(6, len(above) + 1))
