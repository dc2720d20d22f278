"""Stylesheets and scripts made smaller at the start: what a page never shows is left out, and what only people read.

The widget's panel is a few pages; other sites' visitors should not load the rules for all the others.
"""

import re
from collections.abc import Iterable, Iterator

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Comments, strings, patterns, spaces, names, and every other character for itself.
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|/(?:[^/\\\n\[]|\\.|\[[^\]\n]*\])+/[a-z]*|\s+|[\w$]+|.""", re.DOTALL
)
NAME_END = re.compile(r"[\w$]\Z")
TIGHT = re.compile(r" ?([{};:,>!]) ?")
WORD = re.compile(r"[A-Za-z][\w-]*")
CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
# What stands in these says only which of the elements are meant, or which are not.
CONDITION = re.compile(r":(?:is|where|not|has)\((?:[^()]|\([^()]*\))*\)")


def plain_script(source: str) -> str:
    """Return a script without comments of whole lines and without indentation."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def compact_script(source: str) -> str:
    """Return a script without comments, and without spaces where none are needed; what stands in strings stays.

    Only for scripts that end every statement with a semicolon, have no empty one, and never divide: `/` begins a comment or
    a pattern. A string of several lines is a stylesheet.

    >>> compact_script('// Why.\\nlet a = "b  c"; if (a) { return a; }')
    'let a="b  c";if(a){return a}'
    """
    made = ""
    for token in TOKEN.findall(source):
        if token.startswith(("//", "/*")):
            continue
        if token.isspace():
            made += " " if made[-1:] != " " else ""
            continue
        if made.endswith(" ") and not (NAME_END.search(made[:-1]) and NAME_END.search(token[0])):
            made = made[:-1]
        if token == "}" and made.endswith(";"):
            made = made[:-1]
        made += TIGHT.sub(r"\1", " ".join(token.split())) if token.startswith("`\n") else token
    return made


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Return every word that could be the name of a class in *texts*."""
    return frozenset(word for text in texts for word in WORD.findall(text))


def trimmed(css: str, names: frozenset[str]) -> str:
    """Return the rules of *css* that can match elements whose classes are all in *names*; without comments and spaces.

    >>> trimmed("@layer a { .card h2, .hit > p { margin: 0; } .card { color: red } } p:not(.x) { top: 0 }", frozenset({"hit"}))
    '@layer a{.hit > p{margin: 0;}}p:not(.x){top: 0}'
    """
    return "".join(_rules(COMMENT.sub("", css), names))


def _rules(css: str, names: frozenset[str]) -> Iterator[str]:
    place = 0
    while (found := re.compile(r"[;{]").search(css, place)) is not None:
        prelude = " ".join(css[place : found.start()].split())
        if found.group() == ";":
            yield f"{prelude};"
            place = found.end()
            continue
        end = _closing(css, found.end())
        inner = css[found.end() : end]
        place = end + 1
        if prelude.startswith(("@layer", "@media", "@supports")):
            kept = "".join(_rules(inner, names))
            if kept:
                yield f"{prelude}{{{kept}}}"
        elif selectors := [one for one in _parted(prelude) if set(CLASS.findall(CONDITION.sub("", one))) <= names]:
            yield f"{','.join(selectors)}{{{' '.join(inner.split())}}}"


def _closing(css: str, place: int) -> int:
    """Return where the block that begins at *place* ends."""
    depth = 1
    for found in re.compile(r"[{}]").finditer(css, place):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return found.start()
    return len(css)


def _parted(selectors: str) -> list[str]:
    """Return the parts of a list of selectors; commas in parentheses part nothing."""
    parts, depth = [""], 0
    for character in selectors:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
