"""Bringing the catalogues up to date with what templates and code say. For developers: `make messages`.

In templates a text stands in `{% trans %}` or `_("…")`. In Python the language comes first, `gettext(lang, "…")`;
`_("…")` only marks a text that is translated elsewhere.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from helpcenter.language.messages import CATALOGUES
from helpcenter.paths import PACKAGE, bundled

IN_PYTHON = {"_": None, "gettext": (2,), "ngettext": (2, 3)}
IN_TEMPLATES = {"_": None, "gettext": None, "ngettext": (1, 2)}
TEMPLATE_OPTIONS = {"extensions": "jinja2.ext.i18n", "trimmed": "true", "silent": "false"}

# CLDR's rules as gettext writes them. The rule that gettext tools propose for Latvian is another one: it takes 0 for
# a form of its own, and lets 10 to 20 go with 2.
PLURAL_FORMS = {
    "lv": "nplurals=3; plural=(n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 && n%100!=11 ? 1 : 2);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "sv": "nplurals=2; plural=(n != 1);",
    "kk": "nplurals=2; plural=(n != 1);",
}


def extracted(package: Path = PACKAGE, templates: Path | None = None) -> Catalog:
    """Return a catalogue of every text in the code below *package* and in *templates*, with nothing translated."""
    catalogue = Catalog()
    for message, place in _found(package, templates or bundled("templates")):
        catalogue.add(message, locations=[(place, 0)])
    return catalogue


def _found(package: Path, templates: Path) -> Iterator[tuple[str | tuple[str, ...], str]]:
    code = extract_from_dir(package, [("**.py", "python")], keywords=IN_PYTHON, directory_filter=_has_our_code)
    pages = extract_from_dir(templates, [("**.html", "jinja2"), ("**.txt", "jinja2")], {"**": TEMPLATE_OPTIONS}, keywords=IN_TEMPLATES)
    for folder, messages in ((package, code), (templates, pages)):
        for path, _line, message, _comments, _context in messages:
            yield message, f"{folder.name}/{path}"


def _has_our_code(folder: str) -> bool:
    return Path(folder).name not in ("bundle", "migrations", "__pycache__")


def header(lang: str) -> str:
    """Return the first entry of the catalogue of *lang*: no dates and names, which would only change."""
    lines = (
        f"Language: {lang}",
        f"Plural-Forms: {PLURAL_FORMS[lang]}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def updated(lang: str, source: str, texts: Catalog) -> str:
    """Return the catalogue *source* of *lang* with exactly the entries of *texts*: translations kept, new ones empty."""
    catalogue = read_po(io.BytesIO((header(lang) + source.partition("\n\n")[1] + source.partition("\n\n")[2]).encode()), locale=lang)
    catalogue.update(texts, no_fuzzy_matching=True)
    written = io.BytesIO()
    write_po(written, catalogue, width=110, sort_output=True, omit_header=True, no_location=True, ignore_obsolete=True)
    return header(lang) + "\n" + written.getvalue().decode()


def main() -> None:
    """Update every catalogue, and tell how many texts wait for a translation."""
    texts = extracted()
    for lang in PLURAL_FORMS:
        path = CATALOGUES / f"{lang}.po"
        path.write_text(updated(lang, path.read_text(encoding="utf-8") if path.exists() else "", texts), encoding="utf-8")
        with path.open("rb") as source:
            waiting = sum(1 for message in read_po(source, locale=lang) if message.id and not _is_translated(message))
        print(f"{path}: {len(texts)} texts, {waiting} wait for a translation", file=sys.stderr)


def _is_translated(message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


if __name__ == "__main__":
    main()
