"""What the staff pages call things, and the steps of a journey in words."""

from collections.abc import Mapping

from helpcenter.chat.turns import Action, AddToRequest, Escalate, Leave, Resolve
from helpcenter.language.messages import gettext, ngettext
from helpcenter.web.locale import current_site
from helpcenter.web.voting import reason_text


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
HISTORY = {
    "no-git": _("The program git is not installed on the server, so there are no versions to show."),
    "no-repository": _("The content folder is not in a git repository, so there are no versions to show."),
    "owner": _("The git repository belongs to another user than the help center runs as, so git refuses to read it. An operator can change its owner."),
    "unreadable": _("The versions cannot be read right now. The log of the server says why."),
    "deleted": _("With this version the file was deleted, so there is nothing to show or to restore."),
    "not-a-file": _("In this version the article was not a plain file, so it cannot be shown or restored."),
    "too-large": _("In this version the file was larger than an article may be, so it cannot be shown or restored."),
    "changed": _("Somebody has changed the article since you opened this page. Nothing was written. Look at the present text, then restore again."),
    "same": _("The article is as it was in this version already. Nothing was written."),
    "approval": _("Here, what readers see needs a second person. Take the text into the editor and ask for a review."),
    "under-way": _("Somebody is in the middle of a merge or rebase in the repository. Nothing was written. Try again when it is done."),
    "no-branch": _("The repository is not on a branch, so a commit would be lost. Nothing was written. An operator can check out a branch."),
    "not-committed": _("The file was written, but git could not commit it. An operator should commit it."),
    "broken": _("This version cannot be published as it stands. Nothing was written."),
    "git": _("Git could not do it. Nothing was written."),
}
HOURS = {"now": _("As they are now"), "open": _("Open"), "closed": _("Closed")}
TRIAL = {
    "state": _("The conversation could not be read, so it starts over."),
    "long": _("The conversation has become too long. Start over to go on."),
    "message": _("This message is too long, so it was not sent."),
    "page": _("There is no published article with this key."),
    "attributes": _("Not read as name=value: %(detail)s"),
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
    if details.get("place"):
        return gettext(lang, "Read “%(title)s”, result %(place)s", title=_named(details), place=details["place"])
    return gettext(lang, "Read “%(title)s”", title=_named(details))


def _suggested(lang: str, details: Mapping) -> str:
    return gettext(lang, "Was offered: %(titles)s", titles="; ".join(map(str, details.get("articles", []))))


def _vote(lang: str, details: Mapping) -> str:
    said = _("Said that “%(title)s” helped") if details.get("helpful") else _("Said that “%(title)s” did not help")
    text = gettext(lang, said, title=_named(details))
    if details.get("reason"):
        text += f": {reason_text(current_site(), lang, details['reason'])}"
    return gettext(lang, "%(vote)s. They wrote: “%(comment)s”", vote=text, comment=details["comment"]) if details.get("comment") else text


def _named(details: Mapping) -> str:
    return str(details.get("title") or details.get("article") or details.get("page") or "?")


SENTENCES = {
    "search": _search,
    "view": _view,
    "vote": _vote,
    "chat": lambda lang, details: gettext(lang, "Opened the chat"),
    "turn": lambda lang, details: gettext(lang, "Wrote in the chat"),
    "solved": lambda lang, details: gettext(lang, "Said in the chat that it is solved"),
    "suggested": _suggested,
    "taken": lambda lang, details: gettext(lang, "Opened the offered “%(title)s”", title=_named(details)),
    "form": lambda lang, details: gettext(lang, "Opened the contact form"),
    "request": lambda lang, details: gettext(lang, "Asked a person"),
}


def change_text(lang: str, event: str) -> str:
    """Return a change of state as the history shows it.

    >>> change_text("en", "new > solved")
    'New → Solved'
    """
    return " → ".join(word(lang, STATES, state) for state in event.split(" > "))


def action_text(lang: str, action: Action) -> str:
    """Return what would happen outside the chat, as a sentence.

    >>> action_text("en", Leave())
    'Would end the conversation.'
    """
    return ACTIONS[type(action)](lang, action)


def _escalate(lang: str, action: Escalate) -> str:
    told = gettext(
        lang,
        "Would open a request of the kind “%(kind)s” with the subject “%(subject)s” for %(email)s.",
        kind=word(lang, KINDS, action.kind),
        subject=action.subject,
        email=action.slots.get("email", "?"),
    )
    urgent = gettext(lang, "It would be urgent.")
    return f"{told} {urgent}" if action.urgent else told


ACTIONS = {
    Escalate: _escalate,
    AddToRequest: lambda lang, action: gettext(lang, "Would add these words to the request."),
    Resolve: lambda lang, action: gettext(lang, "Would note that the question is solved."),
    Leave: lambda lang, action: gettext(lang, "Would end the conversation."),
}


def note_text(lang: str, kind: str, detail: str) -> str:
    """Return why something of a trial's form was not taken.

    >>> note_text("en", "attributes", "gold")
    'Not read as name=value: gold'
    """
    return gettext(lang, TRIAL[kind], detail=detail)
