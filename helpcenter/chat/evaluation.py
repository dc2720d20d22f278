"""Measure how well the rules understand: utterances with known intents in, figures and predictions out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from helpcenter.chat.matcher import Match
from helpcenter.chat.rules import LanguageRules, Rules

# How data sets name a message that belongs to no intent.
OUT_OF_SCOPE = frozenset({None, "", "oos"})


class UtterancesBroken(ValueError):
    """A line of an utterances file cannot be read; the message says which one and why."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said, and the intent it has (None: none of ours)."""

    text: str
    intent: str | None
    lang: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the rules made of an utterance."""

    utterance: Utterance
    intent: str | None
    confidence: float
    ranked: tuple[tuple[str, float], ...]
    decision: str
    ms: float

    def row(self) -> dict[str, Any]:
        """Return the prediction as the predictions file has it."""
        return {
            "text": self.utterance.text,
            "intent": self.intent,
            "confidence": self.confidence,
            "ranked": [[intent, score] for intent, score in self.ranked],
            "decision": self.decision,
        }


def read_utterances(path: Path, default_lang: str = "en") -> list[Utterance]:
    """Return the utterances of a JSONL file with `text`, `intent` and `lang`; raise UtterancesBroken."""
    found = []
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                found.append(read_utterance(line, f"{path}:{number}", default_lang))
    if not found:
        raise UtterancesBroken(f"{path}: the file holds no utterances")
    return found


def read_utterance(line: str, place: str, default_lang: str) -> Utterance:
    """Return one line as an utterance."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise UtterancesBroken(f"{place}: this is no JSON: {error.msg}") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise UtterancesBroken(f"{place}: a line must be an object with `text`, `intent` and `lang`")
    intent = row.get("intent")
    if intent is not None and not isinstance(intent, str):
        raise UtterancesBroken(f"{place}: `intent` must be text, or null for out of scope")
    lang = row.get("lang") or default_lang
    return Utterance(row["text"], None if intent in OUT_OF_SCOPE else intent, str(lang))


def predict(rules: LanguageRules, utterance: Utterance) -> Prediction:
    """Return what the rules make of an utterance: a pattern first, then the matcher, as in a conversation."""
    begun = perf_counter()
    match: Match = rules.matcher.rank(utterance.text)
    ranked, confidence, decision = match.ranked, match.confidence, match.decision
    for rule, pattern in rules.patterns:
        if pattern.search(utterance.text):
            others = tuple(one for one in ranked if one[0] != rule.intent)
            ranked, confidence, decision = ((rule.intent, 1.0), *others), 1.0, "answer"
            break
    took_ms = (perf_counter() - begun) * 1000
    return Prediction(utterance, ranked[0][0] if ranked else None, confidence, ranked, decision, took_ms)


def predict_all(rules: Rules, utterances: Iterable[Utterance]) -> list[Prediction]:
    """Return a prediction for each utterance, by the rules of its language."""
    for language in rules.languages.values():
        language.prepare()
    empty: dict[str, LanguageRules] = {}
    found = []
    for utterance in utterances:
        language = rules.languages.get(utterance.lang) or empty.setdefault(utterance.lang, rules.of(utterance.lang))
        found.append(predict(language, utterance))
    return found


def measure(predictions: Sequence[Prediction]) -> dict[str, Any]:
    """Return the figures of a run; shares are 0 to 1, None where nothing was there to measure."""
    inside = [one for one in predictions if one.utterance.intent is not None]
    outside = [one for one in predictions if one.utterance.intent is None]
    answered = [one for one in predictions if one.decision == "answer"]
    wrong = [one for one in answered if one.intent != one.utterance.intent]
    times = sorted(one.ms for one in predictions)
    return {
        "utterances": len(predictions),
        "in_scope": len(inside),
        "out_of_scope": len(outside),
        "accuracy": share(sum(one.intent == one.utterance.intent for one in inside), len(inside)),
        "macro_f1": macro_f1(inside),
        "top_3": share(sum(is_among(one, 3) for one in inside), len(inside)),
        "out_of_scope_auroc": auroc([one.confidence for one in inside], [one.confidence for one in outside]),
        "out_of_scope_recall": share(sum(one.decision != "answer" for one in outside), len(outside)),
        "answered_rightly": share(sum(one.decision == "answer" and one.intent == one.utterance.intent for one in inside), len(inside)),
        "answered_wrongly": share(len(wrong), len(predictions)),
        "asked": share(sum(one.decision == "ask" for one in predictions), len(predictions)),
        "declined": share(sum(one.decision == "decline" for one in predictions), len(predictions)),
        "p50_ms": percentile(times, 50),
        "p95_ms": percentile(times, 95),
    }


def share(part: int, whole: int) -> float | None:
    """Return a share, rounded, or None of nothing."""
    return round(part / whole, 4) if whole else None


def is_among(prediction: Prediction, places: int) -> bool:
    """Tell whether the right intent is among the first places."""
    return prediction.utterance.intent in [intent for intent, _ in prediction.ranked[:places]]


def macro_f1(inside: Sequence[Prediction]) -> float | None:
    """Return the mean over the true intents of their F1, each intent counting the same."""
    intents = sorted({one.utterance.intent for one in inside if one.utterance.intent})
    if not intents:
        return None
    total = 0.0
    for intent in intents:
        right = sum(one.intent == intent == one.utterance.intent for one in inside)
        said = sum(one.intent == intent for one in inside)
        true = sum(one.utterance.intent == intent for one in inside)
        total += 2 * right / (said + true) if said + true else 0.0
    return round(total / len(intents), 4)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """Return how often a message in scope has more confidence than one out of scope; ties count a half.

    >>> auroc([0.9, 0.5], [0.5])
    0.75
    """
    if not inside or not outside:
        return None
    ordered = sorted([(value, 1) for value in inside] + [(value, 0) for value in outside])
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += (at + end + 1) / 2 * sum(mark for _, mark in ordered[at:end])
        at = end
    return round((ranks - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside)), 4)


def percentile(times: Sequence[float], percent: int) -> float | None:
    """Return a percentile of sorted times in milliseconds."""
    if not times:
        return None
    return round(quantiles(times, n=100, method="inclusive")[percent - 1] if len(times) > 1 else times[0], 3)


def write_predictions(path: Path, predictions: Iterable[Prediction]) -> None:
    """Write one JSON line for each prediction, in the order of the utterances."""
    with path.open("w", encoding="utf-8") as file:
        for one in predictions:
            file.write(json.dumps(one.row(), ensure_ascii=False) + "\n")
