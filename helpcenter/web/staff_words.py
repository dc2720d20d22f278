"""What the staff pages call things, and the steps of a journey in words."""

from collections.abc import Mapping

from helpcenter.feedback.votes import REASONS
from helpcenter.language.messages import gettext, ngettext


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


STATES = {
    "new": _("New"),
    "open": _("In progress"),
    "waiting": _("Waiting for the customer"),
    "solved": _("Solved"),
    "closed": _("Closed"),
}
KINDS = {
    "question": _("Question"),
    "problem": _("Problem"),
    "complaint": _("Complaint"),
    "call_back": _("Call back"),
    "feedback": _("Feedback"),
}
DOORS = {
    "web": _("on the website"),
    "form": _("on the website"),
    "chat": _("in the chat"),
    "api": _("through the API"),
    "mail": _("by e-mail"),
    "staff": _("from the staff pages"),
}
SPEAKERS = {"visitor": _("Customer"), "bot": _("Bot"), "agent": _("Agent")}


def word(lang: str, table: Mapping[str, str], value: str | None) -> str:
    """Return what *table* calls *value* in *lang*; a value that is not in it stays as it is.

    Templates use this and not `_(…)`, which takes what it is given for safe markup.
    """
    return gettext(lang, table[value]) if value in table else value or ""


def step_text(lang: str, step: Mapping) -> str:
    """Return one step of a journey as a sentence for the agent.

    >>> step_text("en", {"kind": "search", "details": {"query": "invoice", "hits": 2}})
    'Searched for “invoice”: 2 results'
    """
    kind, details = step.get("kind", ""), step.get("details", {})
    sentence = SENTENCES.get(kind)
    return sentence(lang, details) if sentence else f"{kind} {details}".strip()


def _search(lang: str, details: Mapping) -> str:
    searched = gettext(lang, "Searched for “%(query)s”", query=details.get("query", ""))
    if not isinstance(details.get("hits"), int):
        return searched
    return f"{searched}: " + ngettext(lang, "%(n)s result", "%(n)s results", details["hits"])


def _view(lang: str, details: Mapping) -> str:
    return gettext(lang, "Read “%(title)s”", title=_named(details))


def _vote(lang: str, details: Mapping) -> str:
    said = _("Said that “%(title)s” helped") if details.get("helpful") else _("Said that “%(title)s” did not help")
    text = gettext(lang, said, title=_named(details))
    reason = REASONS.get(details.get("reason") or "")
    return f"{text}: {gettext(lang, reason)}" if reason else text


def _named(details: Mapping) -> str:
    return str(details.get("title") or details.get("article") or details.get("page") or "?")


SENTENCES = {
    "search": _search,
    "view": _view,
    "vote": _vote,
    "chat": lambda lang, details: gettext(lang, "Opened the chat"),
    "form": lambda lang, details: gettext(lang, "Opened the contact form"),
    "request": lambda lang, details: gettext(lang, "Asked a person"),
}


def change_text(lang: str, event: str) -> str:
    """Return a change of state as the history shows it.

    >>> change_text("en", "new > solved")
    'New → Solved'
    """
    return " → ".join(word(lang, STATES, state) for state in event.split(" > "))
