"""Measures whether an article is found by its title in another form, and without diacritics.

    python benchmarks/search_titles.py sv=FOLDER ru=FOLDER kk=FOLDER...      folders of Markdown articles

For up to 250 titles four of their words are asked as written, in plain letters,
in another form (each word another one of the same articles, of the same lemma),
and in another form in plain letters: what share is among the first ten. Lemmas
are simplemma's, installed for this measurement only (``pip install simplemma``),
which knows nothing of our stemmers. For Kazakh, which it does not know, a form is
another one where both are a bare word that stands in the articles, with an ending.
"""

import argparse
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from helpcenter.language.analysis import analyse, fold
from helpcenter.search.engine import Document
from helpcenter.search.whoosh_engine import WhooshEngine

try:
    import simplemma
except ImportError:
    simplemma = None

QUERIES = 250
WORDS = 4
DEPTH = 10
FRONT = re.compile(r"\A\ufeff?---\n(.*?)\n---\n", re.DOTALL)
TITLE = re.compile(r"^title: *[\"']?(.+?)[\"']?$", re.MULTILINE)
HEADING = re.compile(r"^# +(?:<a [^>]*></a>)?(.+)$", re.MULTILINE)
MARKS = re.compile(r"<[^>]+>|\]\([^)]*\)|[*`#\[\]|>]")
# Plural, case and possessive of Kazakh nouns, as grammars list them.
KAZAKH = (
    "лар лер дар дер тар тер ның нің дың дің тың тің ға ге қа ке на не ны ні ды ді ты ті да де та те нда нде дан ден тан тен "
    "нан нен мен бен пен ы і сы сі ын ін сын сін ында інде сында сінде лары лері дары дері тары тері ларды лерді дарды дерді "
    "тарды терді лардың лердің дардың дердің тардың тердің ларға лерге дарға дерге тарға терге ның"
)
ENDINGS = sorted(set(KAZAKH.split()), key=len, reverse=True)


def articles(folder: Path, lang: str) -> Iterable[Document]:
    """Yield the articles in *folder*, whatever program they were written for."""
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text("utf-8", errors="replace")
        front = FRONT.match(text)
        body = text[front.end() :] if front else text
        heading = HEADING.search(body)
        named = heading or (TITLE.search(front.group(1)) if front else None)
        if named and len(body) > 100:
            name = str(path.relative_to(folder).with_suffix(""))
            plain = MARKS.sub(" ", body.replace(heading.group(), "", 1) if heading else body)
            yield Document(f"{lang}:{name}", lang, name, name, MARKS.sub("", named.group(1)).strip(), plain)


def lemma(word: str, lang: str, known: Mapping[str, int]) -> str:
    """Return what the forms of *word* have in common, by another authority than our stemmers."""
    if lang == "kk":
        bare = (word.removesuffix(each) for each in ENDINGS if word.endswith(each))
        return next((each for each in bare if len(each) > 2 and each in known), word)
    return simplemma.lemmatize(word, lang).casefold()


def other_forms(documents: Sequence[Document], lang: str) -> dict[str, list[str]]:
    """Return for each word of the articles the other words that have its lemma."""
    known = Counter(token.surface for each in documents for token in analyse(f"{each.title} {each.body}", lang))
    families: defaultdict[str, list[str]] = defaultdict(list)
    for word in known:
        if len(word) > 3 and word.isalpha():
            families[lemma(word, lang, known)].append(word)
    return {word: [each for each in family if each != word] for family in families.values() for word in family}


def plain(text: str, lang: str) -> str:
    """Return *text* as it is typed without the letters of *lang*: Russian ones for Kazakh, ``и`` and ``е`` left alone."""
    if lang in ("kk", "ru"):
        return text.translate(str.maketrans("әғқңөұүһіёӘҒҚҢӨҰҮҺІЁ", "агкноуухиеАГКНОУУХИЕ"))
    return fold(text, lang)


def titles(documents: Sequence[Document], lang: str) -> list[tuple[str, list[str]]]:
    """Return key and up to four words of titles that only one article has."""
    counted = Counter(each.title for each in documents)
    found = []
    for each in documents:
        words = [token.surface for token in analyse(each.title, lang) if not token.stop][:WORDS]
        if counted[each.title] == 1 and len(words) >= 2:
            found.append((each.key, words))
    return random.Random(5).sample(found, min(QUERIES, len(found)))


def measure(folder: Path, lang: str) -> str:
    """Return the figures of one language as a row of a table."""
    documents = list(articles(folder, lang))
    forms, chance = other_forms(documents, lang), random.Random(3)
    asked = titles(documents, lang)
    swapped = [(key, [chance.choice(forms.get(word) or [word]) for word in words]) for key, words in asked]
    changed = sum(one != other for (_, ones), (_, others) in zip(asked, swapped, strict=True) for one, other in zip(ones, others, strict=True))
    with tempfile.TemporaryDirectory() as place:
        engine = WhooshEngine(Path(place))
        engine.rebuild(documents, 1)
        shares = [share(engine, queries, lang, bare=bare) for queries in (asked, swapped) for bare in (False, True)]
    total = sum(len(words) for _, words in asked)
    cells = " | ".join(f"{100 * first:.1f} / {100 * ten:.1f}" for first, ten in shares)
    return f"| {lang} | {len(documents)} | {len(asked)} | {100 * changed / total:.0f} % | {cells} |"


def share(engine: WhooshEngine, queries: Sequence[tuple[str, list[str]]], lang: str, *, bare: bool) -> tuple[float, float]:
    """Return for what share of *queries* the article comes first, and among the first ten."""
    places = []
    for key, words in queries:
        text = " ".join(words)
        found = [hit.key for hit in engine.search(plain(text, lang) if bare else text, lang, limit=DEPTH).hits]
        places.append(found.index(key) if key in found else DEPTH)
    return sum(not place for place in places) / len(places), sum(place < DEPTH for place in places) / len(places)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=escape(__doc__ or ""), formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="LANG=FOLDER")
    asked = [each.partition("=") for each in parser.parse_args().folders]
    if not simplemma and any(lang != "kk" for lang, _, _ in asked):
        sys.exit("simplemma is not installed: pip install simplemma")
    print("| language | articles | titles | words changed | as written, @1 / @10 | plain letters | another form | another form, plain |")
    print("|---|---|---|---|---|---|---|---|")
    for lang, _, folder in asked:
        print(measure(Path(folder), lang), flush=True)


if __name__ == "__main__":
    main()
