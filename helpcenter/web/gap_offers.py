"""What can be done about a gap, ready to use: a draft with the words people used, lines for files, the passage that comes nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.insights.models import Gap, GapExample
from helpcenter.language.analysis import analyse
from helpcenter.language.messages import gettext
from helpcenter.search.engine import Passage
from helpcenter.storage import db
from helpcenter.web.conversing import find_passages
from helpcenter.web.services import services

MOST_PASSAGES = 3
MOST_QUOTED = 6
# An address must stay short enough for every browser and proxy.
LONGEST_BODY = 1_200
LONGEST_EXCERPT = 220
# A title has so many words that say what it is about.
WORDS_OF_A_TITLE = 3


@dataclass(frozen=True)
class Near:
    """An article that comes near, with the passage that does."""

    article: Article
    passage: Passage
    missing: tuple[str, ...]
    """The words of the gap that the article does not have."""

    @property
    def excerpt(self) -> str:
        """Return the beginning of the passage."""
        return self.passage.text[:LONGEST_EXCERPT]


@dataclass(frozen=True)
class Example:
    """A rule of the bot that comes near, and the lines to add to it."""

    intent: str
    origin: str
    lines: str


@dataclass(frozen=True)
class Offers:
    """Everything that a gap's page offers."""

    near: list[Near]
    draft_title: str
    draft_body: str
    synonym: str | None
    synonym_file: str
    example: Example | None
    promoted: str | None


def offers_of(gap: Gap, examples: Sequence[GapExample]) -> Offers:
    """Return what can be done about *gap*."""
    texts = list(dict.fromkeys(one.text for one in examples))[:MOST_QUOTED]
    near = nearest(gap)
    return Offers(
        near=near,
        draft_title=title_of(gap),
        draft_body=draft_of(gap, texts),
        synonym=synonym_of(gap, near[0]) if near else None,
        synonym_file=f"synonyms/{gap.lang}.txt",
        example=example_of(gap, texts),
        promoted=promoted_of(gap, near[0]) if near else None,
    )


def nearest(gap: Gap) -> list[Near]:
    """Return the articles that come nearest to the words of *gap*, each once."""
    found: dict[str, Near] = {}
    for passage in find_passages(f"{gap.name} {' '.join(word for _, word, _ in gap.words[:4])}", gap.lang, MOST_PASSAGES):
        article = library.find_by_key(db.session, passage.lang, passage.key)
        if article is not None and article.key not in found:
            found[article.key] = Near(article, passage, missing_words(gap, article))
    return list(found.values())


def missing_words(gap: Gap, article: Article) -> tuple[str, ...]:
    """Return the heaviest words of *gap* that *article* has nowhere."""
    known = {token.key for text in (article.title, article.description, article.body_text) for token in analyse(text, gap.lang)}
    known |= {token.key for word in article.keywords for token in analyse(word, gap.lang)}
    return tuple(word for key, word, _ in gap.words[:4] if key not in known)


def title_of(gap: Gap) -> str:
    """Return what people wrote as a title: one line that begins with a capital letter."""
    text = gap.name.strip().rstrip("?.! ")
    return text[:1].upper() + text[1:]


def draft_of(gap: Gap, texts: Sequence[str]) -> str:
    """Return the body of a draft: what people asked, in a comment that readers never see."""
    asked = "\n".join(f"- {text.replace('--', '–')}" for text in texts)
    note = gettext(gap.lang, "This is how people ask for it; answer in their words, the most important thing first.")
    return f"<!-- {note}\n{asked}\n-->\n"[:LONGEST_BODY].rstrip() + ("\n" if len(asked) < LONGEST_BODY - 200 else "\n-->\n")


def synonym_of(gap: Gap, near: Near) -> str | None:
    """Return the line by which a word that the nearest article lacks finds it; None when it has them all."""
    title = [token.surface.lower() for token in analyse(near.article.title, gap.lang) if not token.stop and not token.folded.isdigit()]
    meant = " ".join(title[:WORDS_OF_A_TITLE])
    return f"{near.missing[0]} => {meant}" if near.missing and meant and near.missing[0] not in title else None


def example_of(gap: Gap, texts: Sequence[str]) -> Example | None:
    """Return the rule that comes nearest to what most people wrote, with the lines that teach it; None without any."""
    rules = services().bot().of(gap.lang)
    intent = rules.matcher.rank(gap.name).intent if rules.rules else None
    if intent is None:
        return None
    lines = yaml.safe_dump([{"intent": intent, "examples": list(texts)}], allow_unicode=True, sort_keys=False, width=1000)
    return Example(intent, rules.origins.get(intent, ""), lines)


def promoted_of(gap: Gap, near: Near) -> str:
    """Return the lines that put the nearest article above the hits of what most people wrote."""
    row = {"article": near.article.key, "queries": {gap.lang: [gap.name]}}
    return yaml.safe_dump({"promoted": [row]}, allow_unicode=True, sort_keys=False, width=1000)
