"""What the bot does when no rule is sure: ask, quote an article, list the nearest, ask again, offer a person."""

from __future__ import annotations

from dataclasses import replace

from helpcenter.chat.matcher import Match
from helpcenter.chat.schema import Near
from helpcenter.chat.talk import Talk, card_of_passage
from helpcenter.chat.turns import AddToRequest, Choice
from helpcenter.chat.wording import shorten
from helpcenter.language.messages import format_date, gettext

# Below this a passage is not even worth naming as "near".
NEAR_AT = 0.12
# A rule with less than this part of the best score is not offered as "did you mean".
LIKELY = 0.4
DECISIONS = {"answer": "answers by it", "ask": "asks which was meant", "decline": "takes no rule"}


def person_choice(lang: str) -> Choice:
    """Return the button that leads to a person."""
    return Choice(gettext(lang, "Talk to a person"), "person")


def ask_which(talk: Talk, match: Match) -> None:
    """Offer the likely rules as buttons: "Did you mean …?"."""
    best_score = match.ranked[0][1]
    likely = [intent for intent, score in match.ranked[:3] if score >= best_score * LIKELY]
    titles = list(dict.fromkeys((talk.rules.title(intent), f"rule:{intent}") for intent in likely))
    choices = [Choice(shorten(title, 80), value) for title, value in titles]
    choices.append(Choice(gettext(talk.lang, "None of these"), "fallback"))
    talk.say(gettext(talk.lang, "I want to be sure I understand. Did you mean one of these?"), "fallback.ask", choices)
    talk.state.pending = talk.text
    talk.note("not sure enough to answer: asked which was meant")


def fall_back(talk: Talk, text: str) -> None:
    """Go down the fallback chain until something helps; every step leaves a way on."""
    if talk.state.status == "escalated":
        return add_to_request(talk, text)
    talk.remember(text)
    for step in talk.rules.fallback:
        if isinstance(step, Near):
            show_near(talk, text, step.near)
        elif CHAIN[step](talk, text):
            return None
    if not talk.replies or talk.rule == "fallback.near":
        ask_again(talk)
    return None


def add_to_request(talk: Talk, text: str) -> None:
    """Pass the words on to the person who has the request."""
    talk.actions.append(AddToRequest(text))
    talk.note("the conversation is a request already: the words are added to it")
    talk.say(gettext(talk.lang, "Thank you, I have added this to your request. The person who answers will see it."), "builtin.added")


def quote_passage(talk: Talk, text: str) -> bool:
    """Quote the best passage when it is good enough; tell whether it was."""
    found = talk.passages(text)
    if not found or found[0].confidence < talk.rules.settings.passage_at:
        talk.note(f"no passage good enough (best {found[0].confidence:.2f})" if found else "no passage found")
        return False
    best = found[0]
    talk.note(f"passage of {best.key}, confidence {best.confidence:.2f} ≥ {talk.rules.settings.passage_at:.2f}")
    talk.say(gettext(talk.lang, "This is what I found in our articles:"), "fallback.passage")
    talk.show(card_of_passage(best, talk.find_article(best.key, talk.lang)), "fallback.passage")
    talk.confidence = max(talk.confidence, best.confidence)
    ask_whether_solved(talk)
    return True


def show_near(talk: Talk, text: str, limit: int) -> None:
    """Show the nearest articles as cards, each once."""
    keys: list[str] = []
    for passage in talk.passages(text):
        if passage.confidence >= NEAR_AT and passage.key not in keys and len(keys) < limit:
            if not keys:
                talk.say(gettext(talk.lang, "These articles come nearest to your question:"), "fallback.near")
            keys.append(passage.key)
            talk.show(card_of_passage(passage, talk.find_article(passage.key, talk.lang)), "fallback.near")
    talk.note(f"nearest articles: {', '.join(keys)}" if keys else "no article is near")


def ask_again(talk: Talk) -> None:
    """Ask for other words; a person stays one tap away."""
    talk.state.misses += 1
    words = gettext(
        talk.lang,
        "I have not understood that yet. Could you say it in other words? A few key words, such as “copy of an invoice”, are enough.",
    )
    talk.say(words, "fallback.rephrase", [person_choice(talk.lang)])
    talk.note(f"asked for other words (miss {talk.state.misses})")


def rephrase(talk: Talk, text: str) -> bool:
    """Ask for other words unless the visitor has tried often enough; tell whether it asked."""
    if talk.state.misses + 1 >= talk.rules.settings.misses_before_person:
        return False
    ask_again(talk)
    return True


def offer_person(talk: Talk, text: str = "") -> bool:
    """Offer to pass everything on to a person."""
    talk.state.misses += 1
    words = gettext(
        talk.lang, "A person can take this from here. You need not repeat anything: I pass on what you have written. Shall I?"
    )
    hours = when_answered(talk)
    talk.say(f"{words}\n{hours}" if hours else words, "fallback.person", offer_choices(talk.lang))
    talk.state.asked = "person"
    talk.note("offered a person")
    return True


def offer_choices(lang: str) -> list[Choice]:
    """Return the buttons under an offered person."""
    return [person_choice(lang), Choice(gettext(lang, "Ask in other words"), "rephrase")]


CHAIN = {"passage": quote_passage, "rephrase": rephrase, "person": offer_person}


def ask_whether_solved(talk: Talk) -> None:
    """Ask "Did this solve it?" under the answer; the answer's own choices move under the question, where the visitor looks."""
    own = take_choices(talk)
    choices = [Choice(gettext(talk.lang, "Yes, solved"), "solved:yes"), *own, Choice(gettext(talk.lang, "No"), "solved:no")]
    talk.say(gettext(talk.lang, "Did this solve it?"), talk.rule or "builtin.solved", choices)
    talk.state.asked = "solved"


def take_choices(talk: Talk) -> list[Choice]:
    """Remove the choices of this turn's bubbles and return them."""
    taken = [choice for bubble in talk.replies for choice in bubble.choices]
    talk.replies = [replace(bubble, choices=()) for bubble in talk.replies]
    return taken


def when_answered(talk: Talk) -> str:
    """Return when a person answers, where we are closed now; else nothing."""
    opening = talk.context.next_opening
    if talk.context.open_now is not False:
        return ""
    if opening is None:
        return gettext(talk.lang, "We are closed just now and answer as soon as we are back.")
    day = format_date(talk.lang, opening.date())
    return gettext(
        talk.lang, "We are closed just now. We are back on %(day)s at %(time)s and answer then.", day=day, time=f"{opening:%H:%M}"
    )


def apologise(talk: Talk) -> None:
    """Say sorry to somebody who is annoyed, and offer a person before anything else goes wrong."""
    talk.note("words of frustration: offered a person")
    talk.say(gettext(talk.lang, "I am sorry that this has been so tiresome."), "builtin.sorry")
    offer_person(talk)


def explain_match(talk: Talk, match: Match) -> None:
    """Put into the trace why the matcher decided as it did."""
    if not match.ranked:
        talk.note("no rule matches a word of this")
        return
    (best, score), *others = match.ranked
    talk.note(
        f"best rule {best}: score {score:.2f}, confidence {match.confidence:.2f}, so the bot {DECISIONS[match.decision]}"
        f" (it answers from {match.answer_at:.2f}, and asks from {match.ask_at:.2f})"
    )
    if match.words:
        talk.note("matched words, and how much each speaks for it: " + ", ".join(f"{word} {weight:.2f}" for word, weight in match.words))
    if match.example:
        talk.note(f"nearest example: “{match.example}”")
    if match.repairs:
        talk.note("words read as others: " + ", ".join(f"{typed} → {known}" for typed, known in match.repairs))
    if others:
        talk.note("runners-up and their scores: " + ", ".join(f"{intent} {points:.2f}" for intent, points in others[:3]))


def explain_conditions(talk: Talk, match: Match) -> None:
    """Put into the trace which of the rules that match are raised where the visitor is, and which conditions leave rules out."""
    conditions = talk.conditions()
    raised = [intent for intent, _ in match.ranked[:4] if intent in conditions["raised"]]
    if raised:
        talk.note("raised here, by page, article or section: " + ", ".join(raised))
    if conditions["excluded"]:
        talk.note("left out now, by opening hours, earlier answers or visitor: " + ", ".join(sorted(conditions["excluded"])))
