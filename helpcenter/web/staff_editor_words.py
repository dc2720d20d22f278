"""The words of the editor: fields, hints, and why something was not saved."""


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


LABELS = {
    "title": _("Title"),
    "description": _("Description"),
    "section": _("Topic"),
    "draft": _("Draft: readers do not see it"),
    "publish_at": _("Publish at"),
    "expire_at": _("Withdraw at"),
    "review_by": _("Read again by"),
    "tags": _("Tags"),
    "keywords": _("Words people search for"),
    "short_title": _("Short title"),
    "slug": _("Name in the address"),
    "redirect_from": _("Old names that lead here"),
    "related": _("Read next"),
    "order": _("Place in the topic"),
    "updated": _("Last changed, as readers see it"),
    "featured": _("Show on the home page"),
    "unlisted": _("In no list and no search"),
    "toc": _("Table of contents"),
    "audience": _("Who it is for"),
    "significance": _("How much this change matters to translations"),
}
HINTS = {
    "title": _("At most 60 characters are shown in results."),
    "description": _("One or two sentences for lists and results, 50 to 160 characters."),
    "publish_at": _("By the clocks of the help center (%(zone)s). Empty: at once."),
    "expire_at": _("By the clocks of the help center (%(zone)s). Empty: never."),
    "tags": _("With commas between them."),
    "keywords": _("What the text itself does not say, with commas between."),
    "slug": _("Letters a-z, digits and hyphens. Empty: the name of the file."),
    "redirect_from": _("With commas between them."),
    "related": _("Names of articles, with commas between them."),
    "order": _("A number, the smallest first."),
    "audience": _("A note for the staff."),
}
SIGNIFICANCES = {
    "typo": _("A typo: nothing to translate"),
    "medium": _("Medium: translators should look"),
    "major": _("Major: readers of translations are warned"),
}
# The first fields of the form; the others wait behind "More about this article".
FIRST = ("title", "description", "section", "draft")

REFUSED = {
    "changed": _("Somebody has changed this file since you opened it. Nothing was overwritten, and your text is below and kept as a draft."),
    "under-way": _("The folder's git repository is in the middle of a merge or rebase. Whoever began it has to end it; your text is kept as a draft."),
    "no-branch": _("The folder's git repository stands on no branch, so a commit would be lost. Your text is kept as a draft."),
    "outside": _("This file leads out of the content folder, so it cannot be changed here. Your text is kept as a draft."),
    "disk": _("The file could not be written: the disk is full, or the folder may not be changed. Your text is below; try again once that is mended."),
    "git": _("Git could not commit the change, so nothing was saved. Your text is kept as a draft."),
    "field": _("One of the fields could not be read."),
    "broken": _("This could not be published, so it was not saved. Mend what is said below; your text is kept as a draft."),
    "picture": _("This picture cannot be used: choose a PNG, JPEG, GIF or WebP of at most 10 MB and 25 megapixels."),
    "alt": _("Say what the picture shows; without that it is not put in."),
    "note": _("Your note is too long: at most 4,000 characters."),
    "source": _("The source has changed once more since you looked. Read it below, then say again that the translation is up to date."),
    "section": _("Your account is not for this topic, so the article cannot be put there."),
    "approval": _("Here, what readers see needs a second person. Ask for a review; your text is kept as a draft."),
}
UNCOMMITTED = {
    "no-git": _("It was not committed: the program git is not installed."),
    "no-repository": _("It was not committed: the content folder is in no git repository."),
    "owner": _("It was not committed: the git repository belongs to another user of the machine."),
    "unreadable": _("It was not committed: the git repository cannot be read."),
    "git": _("It was not committed, git refused. The next commit takes it along."),
}
STATES = {
    "open": _("Waiting"),
    "approved": _("Approved"),
    "returned": _("Sent back"),
    "withdrawn": _("Withdrawn"),
    "asked": _("Asked for a review"),
    "comment": _("Comment"),
}
REVIEW_REFUSED = {
    "own": _("Somebody else has to decide about your own text."),
    "foreign": _("Only who asked can take the text back."),
    "closed": _("This review is over already."),
    "why": _("Say why you send the text back."),
    "empty": _("Write your comment first."),
    "long": _("This is too long: at most 4,000 characters."),
    "broken": _("This text could not be published. Send it back."),
    "section": _("The text goes to a topic that your account is not for."),
}
