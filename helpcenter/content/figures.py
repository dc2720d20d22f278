"""Videos, captioned images and labelled code: what stands alone on its line becomes a figure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from helpcenter.content.assets import VIDEO_TYPES
from helpcenter.content.labels import Labels

TITLE = re.compile(r"""\btitle=(?:"([^"]{0,200})"|'([^']{0,200})')""")
LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
# How a language's name is written, where a capital letter is not enough.
LANGUAGE_NAMES = {
    "bash": "Bash", "sh": "Shell", "shell": "Shell", "zsh": "Shell", "console": "Console", "powershell": "PowerShell",
    "bat": "Batch", "c": "C", "cpp": "C++", "c++": "C++", "cs": "C#", "csharp": "C#", "css": "CSS", "csv": "CSV",
    "diff": "Diff", "docker": "Dockerfile", "dockerfile": "Dockerfile", "go": "Go", "html": "HTML", "http": "HTTP",
    "ini": "INI", "java": "Java", "js": "JavaScript", "javascript": "JavaScript", "json": "JSON", "kotlin": "Kotlin",
    "md": "Markdown", "markdown": "Markdown", "php": "PHP", "py": "Python", "python": "Python", "rb": "Ruby",
    "ruby": "Ruby", "rs": "Rust", "rust": "Rust", "sql": "SQL", "swift": "Swift", "toml": "TOML", "ts": "TypeScript",
    "typescript": "TypeScript", "xml": "XML", "yaml": "YAML", "yml": "YAML",
}  # fmt: skip
# Words that say that a block has no language.
NO_LANGUAGE = frozenset({"text", "txt", "plain", "plaintext", "none", "output"})
YOUTUBE = re.compile(
    r"https?://(?:(?:www\.|m\.)?youtube\.com/(?:watch\?(?:[^#\s]{0,200}&)?v=|embed/|shorts/|live/)"
    r"|www\.youtube-nocookie\.com/embed/|youtu\.be/)[\w-]{6,20}(?![\w-])",
    re.IGNORECASE,
)
VIMEO = re.compile(r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?\d{5,12}(?!\d)", re.IGNORECASE)


class Code(NamedTuple):
    """What stands behind the backticks of a code block: its language and its title."""

    language: str
    title: str

    @property
    def language_name(self) -> str:
        """The language as readers see it, or nothing."""
        return "" if self.language in NO_LANGUAGE else LANGUAGE_NAMES.get(self.language, self.language)


def code_of(info: str) -> Code:
    """Return the language and the title that a code block names.

    >>> code_of('yaml title="site.yaml"')
    Code(language='yaml', title='site.yaml')
    """
    info = unescapeAll(info).strip()
    language = LANGUAGE.match(info)
    title = TITLE.search(info)
    word = language.group().lower() if language and not info.startswith("title=") else ""
    return Code(word, (title.group(1) or title.group(2) or "") if title else "")


def code_figure(fence: Token) -> list[Token]:
    """Return a code block inside a figure that names its title and language; one that has neither stays alone."""
    code = code_of(fence.info)
    if not code.title and not code.language_name:
        return [fence]
    caption = [element("span", "code-title", code.title)] if code.title else []
    caption += [element("span", "code-language", code.language_name)] if code.language_name else []
    inline = Token("inline", "", 0, children=[token for part in caption for token in part])
    return [
        Token("figure_open", "figure", 1, attrs={"class": "code"}, block=True),
        Token("figcaption_open", "figcaption", 1, block=True),
        inline,
        Token("figcaption_close", "figcaption", -1, block=True),
        fence,
        Token("figure_close", "figure", -1, block=True),
    ]


def element(tag: str, name: str, text: str) -> list[Token]:
    """Return an inline element with a class around *text*."""
    return [
        Token(f"{tag}_open", tag, 1, attrs={"class": name}),
        Token("text", "", 0, content=text),
        Token(f"{tag}_close", tag, -1),
    ]


def become_figure(tokens: list[Token], index: int, name: str = "") -> None:
    """Make a figure of the paragraph around the inline token at *index*."""
    for token in (tokens[index - 1], tokens[index + 1]):
        token.tag = "figure"
    if name:
        tokens[index - 1].attrSet("class", name)


def stands_alone(tokens: list[Token], index: int) -> bool:
    """Return whether the inline token at *index* is a paragraph of its own."""
    return index > 0 and tokens[index - 1].type == "paragraph_open" and not tokens[index - 1].hidden


def caption_image(tokens: list[Token], index: int) -> None:
    """Make a figure of an image that stands alone and has a title: the title becomes its caption."""
    children = tokens[index].children or []
    if len(children) != 1 or children[0].type != "image" or not stands_alone(tokens, index):
        return
    caption = str(children[0].attrs.pop("title", "")).strip()
    if caption:
        become_figure(tokens, index)
        children += caption_tokens(caption)


def caption_tokens(text: str) -> list[Token]:
    """Return a figure's caption."""
    return [Token("figcaption_open", "figcaption", 1), Token("text", "", 0, content=text), Token("figcaption_close", "figcaption", -1)]


def lone_link(tokens: list[Token], index: int) -> Token | None:
    """Return the opening of the link that is alone in its paragraph, or None."""
    children = tokens[index].children or []
    if len(children) < 2 or children[0].type != "link_open" or children[-1].type != "link_close":
        return None
    alone = stands_alone(tokens, index) and not any(child.type == "link_close" for child in children[:-1])
    return children[0] if alone and children[0].tag == "a" else None


def video_site(href: str) -> str:
    """Return the site whose video *href* is, or nothing.

    >>> video_site("https://youtu.be/dQw4w9WgXcQ"), video_site("https://youtube.com/")
    ('YouTube', '')
    """
    if YOUTUBE.match(href):
        return "YouTube"
    return "Vimeo" if VIMEO.match(href) else ""


def is_video_file(href: str) -> bool:
    """Return whether *href*, already resolved, is a video of the content folder."""
    path = href.partition("?")[0]
    return path.startswith("/assets/") and PurePosixPath(path).suffix.lower() in VIDEO_TYPES


def show_video(tokens: list[Token], index: int, labels: Labels) -> bool:
    """Make a figure of a link to a video that stands alone; return whether it was one."""
    link = lone_link(tokens, index)
    if link is None:
        return False
    href = str(link.attrs.get("href", ""))
    children = tokens[index].children or []
    said = "".join(child.content for child in children if child.type in ("text", "code_inline")).strip()
    # A bare address is no title.
    title = "" if said.startswith(("http:", "https:", "www.")) else said
    site = video_site(href)
    if site:
        link.attrs["class"] = "video-link"
        if not title:
            children[1:-1] = [Token("text", "", 0, content=labels.video)]
        become_figure(tokens, index, "video")
        children += caption_tokens(labels.video_elsewhere % {"site": site})
        return True
    if not is_video_file(href):
        return False
    become_figure(tokens, index, "video")
    # Browsers that cannot play it show the link instead.
    attributes = {"controls": "", "preload": "none", "src": href, "aria-label": title or labels.video}
    children[:0] = [Token("video_open", "video", 1, attrs=attributes)]
    children += [Token("video_close", "video", -1), *(caption_tokens(title) if title else [])]
    return True
