"""Measure the matcher on collections of real questions: `python benchmarks/chat.py FOLDER [--cap N] [--draws N]`.

FOLDER holds `intents-*/dev.jsonl` files of `{"text", "intent", "lang"}`. For each set and number of examples an intent gets that many by a
seeded draw, the rest is the test. One line a set: accuracy, top 3, out-of-scope AUROC, accuracy lost to one typo, answered rightly (of what
is in scope), answered wrongly (of everything, half of it out of scope), p50 and p95 in milliseconds, seconds to learn.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from helpcenter.chat.evaluation import Utterance, measure, predict_all
from helpcenter.chat.rules import LanguageRules, Rules
from helpcenter.chat.schema import Rule

OUTSIDE = (None, "oos")


@dataclass(frozen=True)
class Task:
    """One set: examples to learn, questions to answer, questions that belong to none."""

    name: str
    lang: str
    examples: dict[str, list[str]]
    inside: list[Utterance]
    outside: list[Utterance]


def read(folder: Path, name: str) -> list[dict]:
    """Return the rows of a set."""
    path = folder / f"intents-{name}" / "dev.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def draw(rows: list[dict], name: str, number: float, seed: int, cap: int, foreign: list[str]) -> Task:
    """Return a task: *number* examples an intent (a share below 1), at most *cap* questions, as many foreign ones."""
    chance = random.Random(seed)
    by_intent: dict[str, list[str]] = {}
    for row in rows:
        if row["intent"] not in OUTSIDE:
            by_intent.setdefault(row["intent"], []).append(row["text"])
    lang = rows[0]["lang"]
    examples, inside = {}, []
    for intent in sorted(by_intent):
        texts = chance.sample(by_intent[intent], len(by_intent[intent]))
        count = int(number) if number >= 1 else max(1, round(len(texts) * number))
        examples[intent] = texts[:count]
        inside += [Utterance(text, intent, lang) for text in texts[count:]]
    chance.shuffle(inside)
    own = [row["text"] for row in rows if row["intent"] in OUTSIDE]
    outside = own if len(own) >= 100 else chance.sample(foreign, min(len(foreign), cap))
    inside = inside[:cap]
    return Task(name, lang, examples, inside, [Utterance(text, None, lang) for text in outside[: len(inside)]])


def tasks(folder: Path, seed: int, cap: int) -> Iterator[Task]:
    """Yield every task of a draw."""
    foreign = [row["text"] for row in read(folder, "hwu64")]
    for name in ("banking77", "clinc150", "bitext"):
        for number in (5, 10):
            yield draw(read(folder, name), f"{name} {number}", number, seed, cap, foreign)
    rows = read(folder, "hint3")
    for bot in ("curekart", "sofmattress", "powerplay11"):
        others = [row["text"] for row in rows if row["bot"] != bot]
        yield draw([row for row in rows if row["bot"] == bot], f"hint3 {bot}", 0.6, seed, cap, others)
    rows = [row for row in read(folder, "tilde-baltic") if row["lang"] == "lv"]
    for corpus in ("askubuntu", "webapps", "chatbot"):
        others = [row["text"] for row in rows if row["corpus"] != corpus]
        for number in (5, 10):
            yield draw([row for row in rows if row["corpus"] == corpus], f"tilde lv {corpus} {number}", number, seed, cap, others)


def with_typo(utterance: Utterance, chance: random.Random) -> Utterance:
    """Return the utterance with one slip in one word of four letters or more."""
    words = utterance.text.split()
    places = [place for place, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not places:
        return utterance
    place = chance.choice(places)
    word, at = words[place], chance.randrange(1, len(words[place]))
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + chance.choice(ascii_lowercase) + word[at:],
        word[:at] + chance.choice(ascii_lowercase) + word[at + 1 :],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    )
    words[place] = chance.choice(slips)
    return Utterance(" ".join(words), utterance.intent, utterance.lang)


def run(task: Task) -> dict[str, float | None]:
    """Return the figures of one task."""
    rules = {name: Rule(intent=name, examples=texts, answer=["x"]) for name, texts in task.examples.items()}
    language = LanguageRules(task.lang, rules=rules)
    begun = time.perf_counter()
    language.prepare()
    learned_s = time.perf_counter() - begun
    loaded = Rules({task.lang: language})
    figures = measure(predict_all(loaded, [*task.inside, *task.outside]))
    chance = random.Random(7)
    slips = measure(predict_all(loaded, [with_typo(one, chance) for one in task.inside]))
    lost = figures["accuracy"] - slips["accuracy"] if figures["accuracy"] is not None else None
    return {**figures, "typo_lost": lost, "learned_s": learned_s}


SHOWN = ("accuracy", "top_3", "out_of_scope_auroc", "typo_lost", "answered_rightly", "answered_wrongly", "p50_ms", "p95_ms", "learned_s")


def main() -> None:
    """Print one line for each set: the mean over the draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cap", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=2)
    given = parser.parse_args()
    collected: dict[str, list[dict]] = {}
    for seed in range(1, given.draws + 1):
        for task in tasks(given.folder, seed, given.cap):
            collected.setdefault(task.name, []).append(run(task))
    print(f"{'set':24}" + "".join(f"{name:>20}" for name in SHOWN))
    for name, runs in collected.items():
        means = [[one[key] for one in runs if one[key] is not None] for key in SHOWN]
        print(f"{name:24}" + "".join(f"{sum(values) / len(values):20.3f}" if values else f"{'–':>20}" for values in means))


if __name__ == "__main__":
    main()
