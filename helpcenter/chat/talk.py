"""One turn while it is being made: what is known, and what has been said so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from helpcenter.chat.matcher import Match
from helpcenter.chat.rules import LanguageRules
from helpcenter.chat.schema import Answer, ChoiceSource, Then, When
from helpcenter.chat.turns import Action, ArticleCard, Choice, Context, FindArticle, Passage, Reply, Search, State
from helpcenter.chat.wording import pick, render, shorten

LONGEST_EXCERPT = 320
# Of one message so much is filled into the problem; the transcript has all of it.
LONGEST_SAID = 2000
# The passage on a card is looked for among this many.
PASSAGES_FOR_A_CARD = 5
SAID_KEPT = 8
LONGEST_QUERY = 500


@dataclass
class Talk:
    """The turn in the making; each step of the dialogue adds to it. *leads_to* is where a finished form goes on."""

    rules: LanguageRules
    state: State
    context: Context
    search: Search
    find_article: FindArticle
    text: str = ""
    replies: list[Reply] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    rule: str | None = None
    confidence: float = 0.0
    found: dict[str, list[Passage]] = field(default_factory=dict)
    matches: dict[str, Match] = field(default_factory=dict)
    leads_to: Then | None = None

    @property
    def lang(self) -> str:
        """Return the language of the conversation."""
        return self.state.lang

    def note(self, line: str) -> None:
        """Add a line to the trace."""
        self.trace.append(line)

    def url_of(self, key: str) -> str | None:
        """Return the address of an article, or None."""
        card = self.find_article(key, self.lang)
        return card.url if card else None

    def say(self, text: str, rule: str, choices: Iterable[Choice] = (), **values: str) -> None:
        """Add a bubble from a template."""
        bubble = render(text, self.url_of, {**self.rules.variables, **self.state.known, **values})
        self.replies.append(Reply(bubble.text, bubble.html, rule, choices=tuple(choices)))
        self.rule = self.rule or rule

    def show(self, card: ArticleCard, rule: str, passage: str = "") -> None:
        """Add an article card, and note which text was shown."""
        version = f", version {card.version}" if card.version else ""
        self.note(f"article {card.key} in {card.lang}{version}" + (f", passage “{passage}”" if passage else ""))
        bubble = render("{title}", self.url_of, {"title": card.title})
        self.replies.append(Reply(bubble.text, bubble.html, rule, article=card))
        self.rule = self.rule or rule
        if card.key not in self.state.shown:
            self.state.shown = [*self.state.shown, card.key][-20:]

    def offer(self, choices: Iterable[Choice]) -> None:
        """Put choices under the last bubble."""
        if self.replies:
            last = self.replies[-1]
            self.replies[-1] = replace(last, choices=(*last.choices, *choices))

    def answer(self, answers: Iterable[Answer], rule: str, **values: str) -> None:
        """Add the bubbles of a rule's answer."""
        for place, answer in enumerate(answers):
            if answer.text:
                self.say(pick(answer.text, self.state.seed, f"{rule}{place}"), rule, **values)
            closed = self.context.open_now is False
            by_hours = answer.closed if closed else answer.open
            if by_hours:
                self.say(by_hours, rule, **values)
            if answer.article:
                self.show_article(answer.article, rule)

    def show_article(self, key: str, rule: str) -> None:
        """Add the card of an article with the passage that fits the question; nothing when it is not published."""
        card = self.find_article(key, self.lang)
        if card is None:
            self.note(f"the article {key} is not published in {self.lang}, so its card is left out")
            return
        good_enough = self.rules.settings.passage_at
        fitting = next((one for one in self.passages(self.text) if one.key == key and one.confidence >= good_enough), None)
        if fitting is not None:
            card = card_of_passage(fitting, card)
        self.show(card, rule, (fitting.heading or "") if fitting is not None else "")

    def passages(self, text: str) -> list[Passage]:
        """Return what the search finds for a text; asked once a turn."""
        if not text.strip():
            return []
        if text not in self.found:
            self.found[text] = list(self.search(text[:LONGEST_QUERY], self.lang, PASSAGES_FOR_A_CARD))
        return self.found[text]

    def match(self, text: str) -> Match:
        """Return how the rules match a text; asked once a turn."""
        if text not in self.matches:
            self.matches[text] = self.rules.matcher.rank(text, **self.conditions())
        return self.matches[text]

    def conditions(self) -> dict:
        """Return which rules the moment excludes, and which the page raises."""
        return {"excluded": excluded(self.rules, self.context, self.state.known), "raised": raised(self.rules, self.context)}

    def remember(self, text: str) -> None:
        """Keep the visitor's words, so that they need not be said again to a person."""
        words = shorten(text, LONGEST_SAID)
        if words and words not in self.state.said:
            self.state.said = [*self.state.said, words][-SAID_KEPT:]


def excluded(rules: LanguageRules, context: Context, known: Mapping[str, str]) -> frozenset[str]:
    """Return the rules whose conditions of opening hours, earlier answers and visitor do not hold."""
    return frozenset(name for name, rule in rules.conditional.items() if not is_admitted(rule.when, context, known))


def is_admitted(when: When, context: Context, known: Mapping[str, str]) -> bool:
    """Tell whether a condition lets its rule exist at this moment for this visitor; *known* are the answers to forms."""
    if when.open is not None and context.open_now not in (None, when.open):
        return False
    return fits(when.answers, known) and fits(when.visitor, context.visitor)


def fits(wanted: Mapping[str, Sequence[str]], given: Mapping[str, str]) -> bool:
    """Tell whether every wanted name has one of its wanted values; capitals do not matter."""
    return all(given.get(name, "").casefold() in map(str.casefold, values) for name, values in wanted.items())


def raised(rules: LanguageRules, context: Context) -> frozenset[str]:
    """Return the rules that are meant for the page, the article or the section where the visitor is."""
    if not (context.page or context.article or context.section):
        return frozenset()
    return frozenset(name for name, rule in rules.rules.items() if is_meant_for(rule.when, context))


def is_meant_for(when: When, context: Context) -> bool:
    """Tell whether a condition names the place where the visitor is."""
    return (
        any(f"{context.section}/".startswith(f"{section}/") for section in when.section)
        or (bool(context.article) and context.article in when.article)
        or any(page_fits(context.page, page) for page in when.page)
    )


def page_fits(page: str, wanted: str) -> bool:
    """Tell whether a page's path is the wanted one, or begins so before a `*`."""
    path = page.partition("?")[0].partition("#")[0]
    return path.startswith(wanted[:-1]) if wanted.endswith("*") else path.rstrip("/") == wanted.rstrip("/")


def card_of_passage(passage: Passage, card: ArticleCard | None = None) -> ArticleCard:
    """Return the card of a passage's article, opened at the passage."""
    url = card.url if card else f"/{passage.lang}/articles/{passage.slug}"
    if passage.fragment:
        url = f"{url.partition('#')[0]}#{passage.fragment}"
    excerpt = shorten(passage.text, LONGEST_EXCERPT)
    # The index may be a moment behind the rows: without the card nobody knows which version it quotes.
    version = card.version if card and card.lang == passage.lang else 0
    return ArticleCard(passage.key, passage.lang, passage.slug, passage.title, url, excerpt, version)


def choice_value(source: ChoiceSource, flow: str = "") -> Choice:
    """Return a rule's choice as a button; a step is named together with its flow."""
    kind, name = source.goes_to
    if kind == "step":
        name = f"{flow}/{name}"
    return Choice(source.label, f"{kind}:{name}" if name else kind)
