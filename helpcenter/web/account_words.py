"""What the pages about accounts call things, and why something was refused."""

from helpcenter.accounts.passwords import LONGEST, SHORTEST
from helpcenter.language.messages import gettext


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


ROLES = {
    "agent": _("Agent"),
    "editor": _("Editor"),
    "reviewer": _("Reviewer"),
    "admin": _("Administrator"),
}
ROLE_MEANINGS = {
    "agent": _("answers requests"),
    "editor": _("writes and restores articles"),
    "reviewer": _("reads what the staff see, changes nothing"),
    "admin": _("may do everything, accounts included"),
}
SCOPES = {
    "requests:read": _("read support requests"),
    "requests:write": _("answer support requests"),
}
REFUSALS = {
    "short": _("The password is too short: at least %(shortest)s characters, better 15 or more."),
    "long": _("The password is too long: at most %(longest)s characters."),
    "common": _("Everybody tries this password first. Take a few words that do not belong together."),
    "wrong-password": _("That is not your password."),
    "wrong-code": _("That code is not right, or it was used already. Wait for the next one. After ten tries there is a pause of an hour."),
    "throttled": _("That was tried too often. Try again in an hour."),
    "role": _("Choose one of the roles."),
    "taken": _("There is an account with this address already."),
    "address": _("This is not an e-mail address. It should look like name@example.org."),
    "name": _("Give a name."),
    "last-admin": _("This is the only administrator. Make somebody else an administrator first."),
    "kept-out": _("This account can no longer sign in."),
    "bounds": _("Choose from the sections and languages offered."),
    "token": _("Give the token a name, and choose at least one right and a lifetime."),
    "provider-down": _("The other page for signing in does not answer as it should. Try again, or sign in with your password."),
    "provider-stopped": _("Signing in was not finished. Try again."),
    "provider-unknown": _("There is no account for you here. Ask an administrator for an invitation to the address that you sign in with there."),
    "provider-other": _("The account with your address belongs to somebody else there. Sign in with your password, or ask an administrator."),
    "provider-not-you": _("You signed in there as somebody else, or were not asked for your password. Try again."),
    "setup": _("The setup has run out. Start it again."),
}


def refusal(lang: str, code: str) -> str:
    """Return why something was refused, in *lang*."""
    return gettext(lang, REFUSALS[code], shortest=SHORTEST, longest=LONGEST)
