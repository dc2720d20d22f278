"""Reads one article file: front matter and Markdown, or one clear line about what is wrong."""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from helpcenter.content.folder import ArticleFile, read_bytes
from helpcenter.content.front_matter import FrontMatter, read_front_matter
from helpcenter.content.hardened_yaml import Document, YamlRefused, load
from helpcenter.content.problems import WARNING, BrokenFile, Problem
from helpcenter.content.site import words_of
from helpcenter.content.slugs import is_slug, section_key, slug_of

MAX_FRONT_MATTER_BYTES = 16 * 1024
MAX_KEY = 400
MAX_TITLE = 300
NO_SECTION = "general"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"
FENCE = re.compile(r"---[ \t]*\n")
FENCE_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
FIRST_HEADING = re.compile(r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\{#[\w:.-]+\})?[ \t]*(?:\n|\Z)")
TAGS = re.compile(r"<[^<>]{0,200}>|\[\^[^\]]{0,50}\]")
MARKS = re.compile(r"[*_`~]+|!?\[([^\[\]]{0,300})\]\([^()]{0,1000}\)")


@dataclass
class ArticleSource:
    """An article as its editor wrote it, before rendering."""

    file: ArticleFile
    key: str
    slug: str
    section: str
    section_title: str
    """The section's title as the article's own front matter gives it (`category`), or nothing."""
    title: str
    front: FrontMatter
    markdown: str
    body_line: int
    """The line of the file on which the Markdown begins."""
    source_hash: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The file, relative to the content folder."""
        return self.file.path

    @property
    def lang(self) -> str:
        """The language of the folder the file is in."""
        return self.file.lang

    @property
    def text_hash(self) -> str:
        """The hash of what translators see: title, description and text; other keys and white space do not count."""
        return text_hash_of(self.title, self.front.description, self.markdown)

    def is_public(self, now: datetime.datetime) -> bool:
        """Return whether readers may see the article at *now*."""
        front = self.front
        if front.draft or (front.publish_at and front.publish_at > now):
            return False
        return not (front.expire_at and front.expire_at <= now)


def hash_of(content: bytes) -> str:
    """Return the hash by which sync knows a file's content again."""
    return hashlib.sha256(content).hexdigest()


def text_hash_of(title: str, description: str, markdown: str) -> str:
    """Return the hash by which a translation knows the text it was made from; white space and line ends do not count.

    >>> text_hash_of("Pay", "", "By  card.\\n") == text_hash_of("Pay ", "", "\\nBy card.")
    True
    """
    evened = "\0".join(" ".join(part.split()) for part in (title, description, markdown))
    return hashlib.sha256(evened.encode("utf-8", "surrogatepass")).hexdigest()


def read_article(file: ArticleFile, root: Path, content: bytes | None = None) -> ArticleSource:
    """Return the article in *file*, whose bytes may be given. Raises BrokenFile, and nothing else.

    *root* is the content folder with symbolic links resolved.
    """
    content = read_bytes(root, file.path) if content is None else content
    text = decode(content, file.path)
    document, markdown, body_line = split_front_matter(text, file.path)
    front = read_front_matter(document, file.path)
    problems = list(front.problems)
    if front.lang and front.lang.replace("_", "-").lower() != file.lang:
        message = f"lang says {front.lang}, but the file is in the folder of {file.lang}; the folder decides."
        problems.append(Problem(file.path, front.lines["lang"], "language", WARNING, message))
    section, section_title = section_of(file, front)
    source = ArticleSource(
        file=file,
        key=key_of(file, front),
        slug=slug_for(file, front, problems),
        section=section,
        section_title=section_title,
        title=title_of(file, front, markdown, body_line, problems),
        front=front,
        markdown=markdown,
        body_line=body_line,
        source_hash=hash_of(content),
        problems=problems,
    )
    return source


def decode(content: bytes, path: str) -> str:
    """Return *content* as text with plain line ends. Raises BrokenFile for what is not UTF-8."""
    if content.startswith(UTF16_MARKS):
        raise BrokenFile(path, 1, "encoding", "The file is UTF-16; save it as UTF-8.")
    content = content.removeprefix(UTF8_MARK)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BrokenFile(path, line, "encoding", "The file is not UTF-8 (Latin-1?); save it as UTF-8.") from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise BrokenFile(path, line, "encoding", "There is a NUL character in the text; remove it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def split_front_matter(text: str, path: str) -> tuple[Document, str, int]:
    """Return the front matter, the Markdown, and the line on which the Markdown begins."""
    opening = FENCE.match(text)
    if not opening:
        return Document(None), text, 1
    closing = FENCE_END.search(text, opening.end())
    if not closing:
        raise BrokenFile(path, 1, "front-matter", "The front matter is not closed; end it with a line of ---.")
    block = text[opening.end() : closing.start()]
    if len(block.encode()) > MAX_FRONT_MATTER_BYTES:
        raise BrokenFile(path, 1, "front-matter", f"It is larger than {MAX_FRONT_MATTER_BYTES // 1024} KB.")
    try:
        document = load(block)
    except YamlRefused as error:
        raise BrokenFile(path, error.line + 1, "front-matter", error.message) from None
    return document, text[closing.end() + 1 :], text.count("\n", 0, closing.end()) + 2


def key_of(file: ArticleFile, front: FrontMatter) -> str:
    """Return the key that this article shares with its translations."""
    key = front.translation_key.removesuffix(".md").strip("/") or file.key
    if len(key) > MAX_KEY or len(file.path) > MAX_KEY:
        raise BrokenFile(file.path, 1, "path", f"The path is longer than {MAX_KEY} characters; shorten it.")
    return key


def slug_for(file: ArticleFile, front: FrontMatter, problems: list[Problem]) -> str:
    """Return the article's name in its address."""
    if not front.slug:
        # `section/index.md` and `section/README.md` stand for their folder.
        inner = file.inner
        name = inner.parent.name if inner.name.lower() in ("index", "readme") and inner.parent.name else inner.name
        return slug_of(name)
    wanted = front.slug.strip("/").rpartition("/")[2].removesuffix(".html").removesuffix(".md")
    slug = wanted if is_slug(wanted) else slug_of(wanted)
    if slug != front.slug:
        message = f"A slug has only a-z, 0-9 and -, at most 80; {front.slug[:80]} became {slug}."
        problems.append(Problem(file.path, front.lines["slug"], "slug", WARNING, message))
    return slug


def section_of(file: ArticleFile, front: FrontMatter) -> tuple[str, str]:
    """Return the key of the article's section, and a title for it when the article names one."""
    if front.section:
        return section_key(front.section), ""
    folders = file.inner.parent
    if folders != PurePosixPath("."):
        return section_key(folders.as_posix()), ""
    if front.category:
        return section_key(front.category.replace("/", " ")), front.category
    return NO_SECTION, ""


def title_of(file: ArticleFile, front: FrontMatter, markdown: str, body_line: int, problems: list[Problem]) -> str:
    """Return the title: front matter, else the first heading, else the file's name in words."""
    if front.title:
        return front.title
    heading = FIRST_HEADING.match(markdown)
    title = plain_title(heading.group(1)) if heading else ""
    if title:
        return title[:MAX_TITLE]
    problems.append(Problem(file.path, body_line, "no-title", WARNING, "There is no title; add title: at the top."))
    return words_of(file.inner.name)[:MAX_TITLE]


def plain_title(markdown: str) -> str:
    """Return a heading's Markdown as plain text.

    >>> plain_title('<a name="x"></a>Use `git` **now**')
    'Use git now'
    """
    return " ".join(MARKS.sub(r"\1", TAGS.sub("", markdown)).split())
