"""Which texts are about the same thing: by the words that they share, deterministic, and able to say why.

Each text becomes its stems, rare ones counting more. Texts that look the same in this way gather around the ones that most people
wrote; a group is the sum of its texts. The same texts always give the same groups, whatever order they come in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, log2, sqrt

from rapidfuzz.distance import DamerauLevenshtein

from helpcenter.chat.words import POLITE
from helpcenter.insights.signals import SEARCHES, Signal
from helpcenter.language.analysis import analyse
from helpcenter.language.masking import EMAIL_MASK, NUMBER_MASK

Vector = dict[str, float]


@dataclass(frozen=True)
class Thresholds:
    """Every number that decides which texts belong together."""

    same: float = 0.30
    """The cosine from which a text joins a group."""
    merge: float = 0.50
    """The cosine from which two groups are one."""
    known_mass: float = 3.0
    """How many texts' weight an earlier group has before anything joins it: it changes slowly, so that it stays the same gap."""
    words_kept: int = 12
    """The words by which a group is known again."""
    shortest_word: int = 3
    shortest_respelled: int = 5
    """Shorter words are never taken for a slip of the finger."""
    two_slips: int = 9
    """From this length on a word may have two wrong letters."""
    rare: int = 2
    common: int = 4
    """A word in at most `rare` texts is read as one in at least `common`, when only slips set them apart."""
    most_texts: int = 8_000
    """Of one language; what most people wrote comes first."""
    words_read: int = 40
    others: int = 100
    """So many other texts are taken as read: of few texts nobody can tell which words are rare."""


THRESHOLDS = Thresholds()


@dataclass
class Text:
    """What is the same for the grouping, whoever said it: one set of stems."""

    keys: frozenset[str]
    signals: list[Signal] = field(default_factory=list)
    vector: Vector = field(default_factory=dict)

    @property
    def people(self) -> int:
        """Return how many people may have written it."""
        return sum(people_of(self.signals))


@dataclass
class Group:
    """Texts of one language that share their words; *known* is the number of the gap that it was before."""

    lang: str
    centre: Vector
    known: int | None = None
    texts: list[Text] = field(default_factory=list)

    @property
    def signals(self) -> list[Signal]:
        """Return everything that was said."""
        return [signal for text in self.texts for signal in text.signals]

    def words(self, most: int = THRESHOLDS.words_kept) -> list[tuple[str, float]]:
        """Return the words that make the group and their weights, the heaviest first."""
        length = sqrt(sum(value * value for value in self.centre.values())) or 1.0
        ordered = sorted(self.centre.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(key, round(value / length, 4)) for key, value in ordered[:most]]


def people_of(signals: Iterable[Signal]) -> tuple[int, int]:
    """Return how many known visits, and how many searches that nobody can tell apart, *signals* come from."""
    visits, searches = set(), 0
    for signal in signals:
        if signal.source in SEARCHES:
            searches += signal.times
        else:
            visits.add(signal.visit)
    return len(visits), searches


def group_signals(
    lang: str, signals: Sequence[Signal], known: Mapping[int, Vector] | None = None, thresholds: Thresholds = THRESHOLDS
) -> tuple[list[Group], int]:
    """Return the groups of *signals*, all of *lang*, those of *known* first, and how many texts were too many to be looked at.

    *known* are the words of earlier groups by their numbers; texts go to them first.
    """
    texts = read_texts(lang, signals, thresholds)
    left_out, texts = texts[thresholds.most_texts :], texts[: thresholds.most_texts]
    weigh(texts, thresholds)
    groups = Gathering(lang, thresholds)
    for number in sorted(known or {}):
        groups.add(Group(lang, {key: value * thresholds.known_mass for key, value in known[number].items()}, known=number))
    for text in texts:
        groups.take(text)
    groups.merge()
    groups.settle(texts)
    return groups.all, len(left_out)


def read_texts(lang: str, signals: Iterable[Signal], thresholds: Thresholds = THRESHOLDS) -> list[Text]:
    """Return *signals* by their words, slips of the finger put right, what most people wrote first; without words it is no text."""
    keyed = [(keys_of(signal.topic, lang, thresholds), signal) for signal in signals]
    respelled = respellings(Counter(key for keys, _ in keyed for key in keys), thresholds)
    texts: dict[frozenset[str], Text] = {}
    for keys, signal in keyed:
        keys = frozenset(respelled.get(key, key) for key in keys)
        if keys:
            texts.setdefault(keys, Text(keys)).signals.append(signal)
    return sorted(texts.values(), key=lambda text: (-text.people, sorted(text.keys)))


def keys_of(topic: str, lang: str, thresholds: Thresholds = THRESHOLDS) -> frozenset[str]:
    """Return the stems of the words that say something in *topic*.

    >>> sorted(keys_of("How do I cancel my orders, please?", "en"))
    ['cancel', 'order']
    """
    plain = topic.replace(EMAIL_MASK, " ").replace(NUMBER_MASK, " ")
    return frozenset(
        token.key
        for token in analyse(plain, lang, limit=thresholds.words_read)
        if not token.stop and token.folded not in POLITE and not token.folded.isdigit() and is_long_enough(token.folded, thresholds)
    )


def is_long_enough(folded: str, thresholds: Thresholds) -> bool:
    """Tell whether a word is long enough to say something; scripts without spaces come in pairs of characters."""
    return len(folded) >= thresholds.shortest_word or (len(folded) == 2 and folded > "\u0e00")


def respellings(counts: Counter[str], thresholds: Thresholds = THRESHOLDS) -> dict[str, str]:
    """Return the rare words that are probably slips of a common one, with the word that was meant.

    >>> respellings(Counter({"refund": 9, "refnud": 1, "friend": 1}))
    {'refnud': 'refund'}
    """
    shelves: dict[tuple[str, int], list[str]] = defaultdict(list)
    for key, number in counts.items():
        if number >= thresholds.common and len(key) >= thresholds.shortest_respelled:
            shelves[key[0], len(key)].append(key)
    found = {}
    for key in sorted(key for key, number in counts.items() if number <= thresholds.rare and len(key) >= thresholds.shortest_respelled):
        slips = 2 if len(key) >= thresholds.two_slips else 1
        near = [other for size in range(len(key) - slips, len(key) + slips + 1) for other in shelves.get((key[0], size), ())]
        distances = [(DamerauLevenshtein.distance(key, other, score_cutoff=slips), -counts[other], other) for other in near]
        best = min((one for one in distances if one[0] <= slips), default=None)
        if best:
            found[key] = best[2]
    return found


def weigh(texts: Sequence[Text], thresholds: Thresholds = THRESHOLDS) -> None:
    """Give each text its vector: a word in few texts counts more, and every text has the length one."""
    found = Counter(key for text in texts for key in text.keys)
    for text in texts:
        rareness = {key: log(1 + (len(texts) + thresholds.others) / found[key]) for key in sorted(text.keys)}
        length = sqrt(sum(value * value for value in rareness.values()))
        text.vector = {key: value / length for key, value in rareness.items()}


class Gathering:
    """Groups that take texts, with a list for each word of the groups that have it."""

    def __init__(self, lang: str, thresholds: Thresholds) -> None:
        self.lang, self.thresholds = lang, thresholds
        self.all: list[Group] = []
        self.having: dict[str, set[int]] = defaultdict(set)
        self.lengths: list[float] = []

    def add(self, group: Group) -> None:
        """Add a group."""
        self.all.append(group)
        self.lengths.append(0.0)
        self.note(len(self.all) - 1)

    def note(self, place: int) -> None:
        """Note what the group at *place* consists of now."""
        centre = self.all[place].centre
        self.lengths[place] = sqrt(sum(value * value for value in centre.values())) or 1.0
        for key in centre:
            self.having[key].add(place)

    def nearest(self, vector: Vector, *, but: int = -1) -> tuple[float, int]:
        """Return how near the nearest group is to *vector*, from 0 to 1, and its place; the earlier one of two that are as near."""
        products: dict[int, float] = defaultdict(float)
        for key, value in vector.items():
            for place in self.having.get(key, ()):
                products[place] += value * self.all[place].centre.get(key, 0.0)
        products.pop(but, None)
        near = [(round(product / self.lengths[place], 9), -place) for place, product in products.items()]
        best, place = max(near, default=(0.0, 1))
        return best, -place

    def take(self, text: Text) -> None:
        """Let *text* join the nearest group, or begin one; what many wrote moves its group more."""
        nearness, place = self.nearest(text.vector)
        if nearness < self.thresholds.same:
            self.add(Group(self.lang, {}))
            place = len(self.all) - 1
        move(self.all[place].centre, text.vector, log2(1 + text.people))
        self.note(place)

    def merge(self) -> None:
        """Join groups that have become alike, small ones to earlier ones; those that are known stay apart."""
        for place in reversed(range(len(self.all))):
            group = self.all[place]
            if group.known is not None:
                continue
            length = self.lengths[place]
            nearness, other = self.nearest({key: value / length for key, value in group.centre.items()}, but=place)
            if nearness >= self.thresholds.merge and other < place:
                move(self.all[other].centre, group.centre, 1.0)
                group.centre = {}
                self.note(place)
                self.note(other)

    def settle(self, texts: Iterable[Text]) -> None:
        """Put each text into the group that is nearest now that all of them are known."""
        for text in texts:
            nearness, place = self.nearest(text.vector)
            if nearness >= self.thresholds.same:
                self.all[place].texts.append(text)
        self.all = [group for group in self.all if group.texts or group.known is not None]


def move(centre: Vector, towards: Vector, weight: float) -> None:
    """Add *towards* to *centre*, with *weight*."""
    for key, value in towards.items():
        centre[key] = centre.get(key, 0.0) + weight * value
