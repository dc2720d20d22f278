"""What is wrong with a page's HTML: tags that are not closed or wrongly nested, ids twice, references to nothing."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
REFERENCES = frozenset("for aria-labelledby aria-describedby aria-controls aria-owns aria-details aria-activedescendant aria-errormessage list form".split())
# Elements that cannot stand in a paragraph: browsers would end it before them.
BLOCKS = frozenset(
    "address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre search section table ul".split()
)
INTERACTIVE = frozenset("a button details input label select textarea".split())
# Every element is one of these, so that a misspelt one is found.
KNOWN = (
    VOID
    | BLOCKS
    | INTERACTIVE
    | frozenset(
        "html head title body script style svg use span strong em b i bdi small code kbd del sup sub s mark time abbr li dt dd figcaption legend summary"
        " option optgroup datalist picture video audio iframe noscript template thead tbody tfoot tr th td caption colgroup".split()
    )
)


class Page(HTMLParser):
    """Reads one page, and keeps what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.references: list[tuple[str, str, str]] = []
        self.fields: list[str] = []
        self.labelled: set[str] = set()
        self.headings: list[int] = []
        self.feed(html)
        self.close()
        self.finish()

    def say(self, words: str) -> None:
        """Note *words* with the line they are about."""
        self.wrong.append(f"line {self.getpos()[0]}: {words}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a start tag."""
        names = [name for name, _value in attrs]
        for name in {name for name in names if names.count(name) > 1}:
            self.say(f"<{tag}> has {name} twice")
        given = {name: value or "" for name, value in attrs}
        self.look_at_place(tag)
        self.look_at_attributes(tag, given)
        if tag not in VOID:
            self.open.append(tag)

    def look_at_place(self, tag: str) -> None:
        """Note an element where none may be."""
        inside_svg = "svg" in self.open
        if tag not in KNOWN and not inside_svg:
            self.say(f"<{tag}> is no element")
        if tag in BLOCKS and "p" in self.open:
            self.say(f"<{tag}> inside <p>")
        if tag in ("a", "button", "form") and tag in self.open:
            self.say(f"<{tag}> inside <{tag}>")
        if tag in INTERACTIVE - {"input"} and self.open and {"a", "button"} & {*self.open}:
            self.say(f"<{tag}> inside a link or button")
        if tag == "li" and self.open[-1:] not in (["ul"], ["ol"]):
            self.say("<li> outside a list")
        if self.open[-1:] in (["ul"], ["ol"]) and tag not in ("li", "script", "template"):
            self.say(f"<{tag}> directly in a list")

    def look_at_attributes(self, tag: str, given: dict[str, str]) -> None:
        """Note what attributes lack or name."""
        if "id" in given:
            self.ids[given["id"]] += 1
            if not given["id"] or any(letter.isspace() for letter in given["id"]):
                self.say(f"<{tag}> has an id with spaces or none")
        self.references += [(tag, name, one) for name in REFERENCES & given.keys() for one in given[name].split() or [""]]
        if tag == "a" and given.get("href", "").startswith("#") and len(given["href"]) > 1:
            self.references.append((tag, "href", given["href"][1:]))
        if tag == "img" and "alt" not in given:
            self.say("<img> without alt")
        if tag == "time" and "." in given.get("datetime", ""):
            self.say("<time> with parts of a second")
        if tag in ("textarea", "select") or (tag == "input" and given.get("type") not in ("hidden", "submit", "button")):
            if "label" not in self.open and "aria-label" not in given and "aria-labelledby" not in given:
                self.fields.append(given.get("id", ""))
        if tag == "label" and "for" in given:
            self.labelled.add(given["for"])
        if tag[0] == "h" and tag[1:].isdigit():
            self.headings.append(int(tag[1:]))

    def handle_endtag(self, tag: str) -> None:
        """Look at an end tag."""
        if tag in VOID:
            self.say(f"</{tag}> of an element that has no end")
        elif tag not in self.open:
            self.say(f"</{tag}> without a start")
        else:
            while (closed := self.open.pop()) != tag:
                self.say(f"<{closed}> is not closed before </{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at `<use/>`, which only drawings have."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            if "svg" not in self.open[:-1]:
                self.say(f"<{tag}/> closes itself")
            self.open.pop()

    def finish(self) -> None:
        """Note what can be known only at the end."""
        self.wrong += [f"<{tag}> is never closed" for tag in self.open]
        self.wrong += [f"the id {name!r} is there {times} times" for name, times in self.ids.items() if times > 1]
        self.wrong += [f"<{tag} {name}> names {one!r}, which is not there" for tag, name, one in self.references if one not in self.ids]
        self.wrong += [f"the field {name!r} has no label" for name in self.fields if name not in self.labelled]
        if self.headings.count(1) != 1:
            self.wrong.append(f"there are {self.headings.count(1)} <h1>")


def faults(html: str) -> list[str]:
    """Return what is wrong with *html*."""
    return Page(html).wrong
