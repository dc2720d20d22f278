"""MDX as pages of Docusaurus use it: imports, components and expressions become Markdown, or are reported."""

from __future__ import annotations

import re
from collections.abc import Callable

from helpcenter.content.importers.trees.blocks import alert, details, image, tabs, video
from helpcenter.content.importers.trees.html import attributes_of
from helpcenter.content.importers.trees.text import Line, Text, indent_of, trimmed

IMPORT = re.compile(
    r"^import\s+(?:(?P<name>[A-Za-z_$][\w$]*)[ \t]*(?:,[^\n;]*)?[ \t]+from[ \t]+|[*{][^\n;]*?from[ \t]+)?"
    r"[\"'](?P<path>[^\"'\n]+)[\"'];?[ \t]*$",
    re.MULTILINE,
)
MANY_IMPORT = re.compile(r"^import\s*\{[^{}]*\}\s*from\s*[\"'][^\"'\n]+[\"'];?[ \t]*$", re.MULTILINE)
EXPORT = re.compile(r"^export[ \t]+(?:const|let|var|default|function|async|class|\{|\*)", re.MULTILINE)
MDX_COMMENT = re.compile(r"\{/\*")
COMPONENT = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Z][\w.]*)(?P<attributes>(?:[^<>\"'{}]|\"[^\"]*\"|'[^']*'|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*?)(?P<self>/?)>"
)
VALUES = re.compile(
    r"label\s*:\s*[\"'](?P<label>[^\"']*)[\"']\s*,\s*value\s*:\s*[\"'](?P<value>[^\"']*)[\"']"
    r"|value\s*:\s*[\"'](?P<value2>[^\"']*)[\"']\s*,\s*label\s*:\s*[\"'](?P<label2>[^\"']*)[\"']"
)
EXPRESSION = re.compile(r"\{(?P<inside>(?!#)[^{}\n\x02]{1,400})\}")
TEXT_EXPRESSION = re.compile(r"\A\s*[\"'`](?P<text>[^\"'`]*)[\"'`]\s*\Z")
JSX_ATTRIBUTE = re.compile(r"(<[a-z][^<>]*?)\s(?:className|style|onClick|ref)=(?:\{\{?[^{}]*\}?\}|\"[^\"]*\")")
HREF_EXPRESSION = re.compile(r"\b(?P<name>href|src)=\{(?P<inside>[^{}]*)\}")

Lose = Callable[[str, str, int], None]
Partial = Callable[[str], str | None]


def take_imports(text: Text) -> dict[str, str]:
    """Take the imports and exports away; return the imported paths by name."""
    found: dict[str, str] = {}
    if "import" in text.text:

        def taken(match: re.Match[str], _line: int) -> str:
            if match["name"]:
                found[match["name"]] = match["path"]
            return ""

        text.sub(MANY_IMPORT, lambda _m, _line: "")
        text.sub(IMPORT, taken)
    return found


def take_exports(text: Text, lose: Lose) -> None:
    """Take exported values and functions away: each goes on to the next empty line outside of braces."""
    if not EXPORT.search(text.text):
        return
    kept: list[Line] = []
    depth, inside = 0, False
    for number, line in text.lines:
        if not inside and EXPORT.match(line):
            inside, depth = True, 0
            lose("mdx", f"{line.strip()[:80]} was left out; articles hold no code that runs.", number)
        if inside:
            depth += sum(line.count(mark) for mark in "{([") - sum(line.count(mark) for mark in "})]")
            inside = depth > 0 or bool(line.strip() and not line.rstrip().endswith((";", "}", ")")))
            continue
        kept.append((number, line))
    text.lines = kept


def without_comments(text: Text) -> None:
    """Take `{/* comments */}` away."""
    text.edit([(start, end, "") for start, end in text.between(MDX_COMMENT, "*/}")])


class Components:
    """Replaces the components of one page."""

    def __init__(self, text: Text, imports: dict[str, str], lose: Lose, partial: Partial) -> None:
        self.text = text
        self.imports = imports
        self.lose = lose
        self.partial = partial

    def replace(self) -> None:
        """Replace all components, inner ones first."""
        for _round in range(30):
            edits = self._round()
            if not edits:
                break
            self.text.edit(edits)
        self.text.sub(COMPONENT, self._leftover)

    def _round(self) -> list[tuple[int, int, str]]:
        """Return the edits for the innermost components that are there now."""
        edits: list[tuple[int, int, str]] = []
        waiting: list[re.Match[str]] = []
        for found in COMPONENT.finditer(self.text.text):
            if found["self"]:
                edits.append((found.start(), found.end(), self._lone(found)))
                waiting.clear()
            elif not found["close"]:
                waiting.append(found)
            elif waiting and waiting[-1]["name"] == found["name"]:
                opening = waiting.pop()
                if opening["name"] == "TabItem":
                    continue  # its Tabs take it
                edits.append((opening.start(), found.end(), self._around(opening, found)))
                waiting.clear()
        return sorted(edits)

    def _line(self, match: re.Match[str]) -> int:
        return self.text.line_at(match.start())

    def _lone(self, match: re.Match[str]) -> str:
        name, attributes = match["name"], attributes_of(match["attributes"])
        path = self.imports.get(name, "")
        if path.endswith((".md", ".mdx")):
            content = self.partial(path)
            if content is not None:
                return content
            self.lose("include", f"There is no file {path} to include.", self._line(match))
            return ""
        address = attributes.get("url") or attributes.get("src") or attributes.get("videoId") or attributes.get("id") or ""
        if "youtube" in name.lower() or "video" in name.lower() or name == "ReactPlayer":
            found = video(address) or (video(f"https://youtu.be/{address}") if re.fullmatch(r"[\w-]{11}", address) else "")
            if found:
                return f"\n\n{found}\n\n"
        if "src" in attributes and ("image" in name.lower() or name in ("Image", "Figure", "ThemedImage")):
            return image(attributes["src"], attributes.get("alt", ""), attributes.get("caption", ""))
        self.lose("component", f"<{name}/> was left out; there is no such component here.", self._line(match))
        return ""

    def _around(self, opening: re.Match[str], closing: re.Match[str]) -> str:
        inside = self.text.text[opening.end() : closing.start()]
        line = self._line(opening)
        attributes = attributes_of(opening["attributes"])
        name = opening["name"]
        before = self.text.text[self.text.text.rfind("\n", 0, opening.start()) + 1 : opening.start()]
        indent = before if not before.strip() else ""
        if name == "Tabs":
            return "\n" + joined(self._tabs(opening["attributes"], inside, line), indent) + "\n"
        if name == "Admonition":
            return "\n" + joined(alert(attributes.get("type", "note"), attributes.get("title", ""), numbered(inside, line), line), indent) + "\n"
        if name in ("Details", "Accordion", "Collapsible"):
            title = attributes.get("summary") or attributes.get("title") or attributes.get("label") or ""
            return "\n" + joined(details(title, numbered(inside, line), line), indent) + "\n"
        if name in ("Link", "a") and (attributes.get("to") or attributes.get("href")):
            return f"[{' '.join(inside.split())}]({attributes.get('to') or attributes.get('href')})"
        self.lose("component", f"<{name}> was left out; what stood in it stays.", line)
        return dedented(inside, line)

    def _tabs(self, attributes: str, inside: str, line: int) -> list[Line]:
        labels = {(m["value"] or m["value2"] or ""): (m["label"] or m["label2"] or "") for m in VALUES.finditer(attributes)}
        parts: list[tuple[str, list[Line]]] = []
        opening: re.Match[str] | None = None
        for found in COMPONENT.finditer(inside):
            if found["name"] != "TabItem":
                continue
            if not found["close"]:
                opening = found
            elif opening:
                said = attributes_of(opening["attributes"])
                value = said.get("value", "")
                label = labels.get(value) or said.get("label") or value or f"{len(parts) + 1}"
                started = line + inside.count("\n", 0, opening.end())
                parts.append((label, numbered(inside[opening.end() : found.start()], started)))
                opening = None
        return tabs(parts, line) if parts else numbered(inside, line)

    def _leftover(self, match: re.Match[str], line: int) -> str:
        if match["name"] not in ("Tabs", "TabItem"):
            self.lose("component", f"<{match['name']}> was left out; it is not closed as it was opened.", line)
        return ""


def numbered(inside: str, line: int) -> list[Line]:
    """Return the text inside a component as lines, without the indentation that all of them share."""
    lines = trimmed([(line + at, one.rstrip()) for at, one in enumerate(inside.split("\n"))])
    if not lines:
        return []
    first = lines[0][1]
    rest = [indent_of(one) for _at, one in lines[1:] if one.strip()]
    shared = min([indent_of(first), *rest]) if first[:1] in " \t" else min(rest, default=0)
    return [(at, one.expandtabs(4)[min(indent_of(one), shared) :] if one[:1] in " \t" else one) for at, one in lines]


def dedented(inside: str, line: int) -> str:
    """Return the text inside a component that is gone."""
    if "\n" not in inside:
        return inside
    return "\n" + "\n".join(one for _at, one in numbered(inside, line)) + "\n"


def joined(lines: list[Line], indent: str = "") -> str:
    """Return lines as one text; the first stands where the component stood."""
    return "\n".join((indent + one if at and one else one) for at, (_number, one) in enumerate(lines))


def replace_expressions(text: Text, lose: Lose) -> None:
    """Replace `{"text"}` by its text; other expressions are left out and reported."""

    def attribute(match: re.Match[str], _line: int) -> str:
        quoted = re.search(r"[\"'`]([^\"'`]+)[\"'`]", match["inside"])
        return f'{match["name"]}="{quoted.group(1) if quoted else ""}"'

    def expression(match: re.Match[str], line: int) -> str:
        said = TEXT_EXPRESSION.match(match["inside"])
        if said:
            return said["text"]
        if not match["inside"].strip():
            return ""
        lose("mdx", f"The expression {{{match['inside'][:80]}}} was left out.", line)
        return ""

    text.sub(HREF_EXPRESSION, attribute)
    for _round in range(5):
        before = text.text
        text.sub(JSX_ATTRIBUTE, lambda m, _line: m.group(1))
        if text.text == before:
            break
    text.sub(EXPRESSION, expression)
