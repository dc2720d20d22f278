"""Files that come with a form: how large it may be, how many an address may send, and what is said of one that is not taken."""

from collections.abc import Callable
from functools import wraps

from flask import request
from werkzeug.exceptions import TooManyRequests

from helpcenter.language.messages import gettext
from helpcenter.support import attachments
from helpcenter.support.attachments import AttachmentRefused, CheckedFile
from helpcenter.web.limits import limited

FIELD = "files"
# Beside the files: what is typed, and the lines between the parts of a form.
ROOM_FOR_WORDS_BYTES = 1024 * 1024
COUNTED_BYTES = 5 * 1024 * 1024


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


PROBLEMS = {
    "empty": _("this file is empty"),
    "large": _("this file is larger than 10 MB"),
    "many": _("these are too many files; send at most 5 at once"),
    "kind": _("files of this kind are not taken; send a picture, a PDF, a text or an office document"),
    "differs": _("this file is not what its name says"),
    "image": _("this picture cannot be read or is larger than 25 megapixels"),
}
TOO_OFTEN = _("You sent many files in a short time. Leave them out, or try again in an hour.")


class FilesRefused(ValueError):
    """The files of a form are not taken; the message says why in the visitor's language."""


def takes_files(view: Callable) -> Callable:
    """Let a form with files be as large as its files may be; every other one stays small. Larger ones are answered with 413."""

    @wraps(view)
    def taking(*args, **kwargs):
        make_room()
        return view(*args, **kwargs)

    return taking


def make_room() -> None:
    """Let the form of this request be as large as its files may be, when it is one that brings files."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = attachments.LARGEST_TOTAL_BYTES + ROOM_FOR_WORDS_BYTES


def are_given() -> bool:
    """Return whether files came with the form."""
    return any(one.filename for one in request.files.getlist(FIELD))


def read_files(lang: str) -> list[CheckedFile]:
    """Return the files that came with the form, checked and counted. Raises FilesRefused with words in *lang*."""
    given = [one for one in request.files.getlist(FIELD) if one.filename]
    try:
        if len(given) > attachments.MOST_FILES:
            raise AttachmentRefused("many", attachments.tidy_name(given[-1].filename))
        contents = [(one.filename, one.mimetype, one.stream.read(attachments.LARGEST_FILE_BYTES + 1)) for one in given]
        # Pictures are drawn anew, which costs much: whoever sends many is stopped before.
        for _begun in range(0, sum(len(data) for _name, _type, data in contents), COUNTED_BYTES):
            limited("files")
        return [attachments.checked(*one) for one in contents]
    except AttachmentRefused as refused:
        raise FilesRefused(problem(lang, refused)) from None
    except TooManyRequests:
        raise FilesRefused(gettext(lang, TOO_OFTEN)) from None


def problem(lang: str, refused: AttachmentRefused) -> str:
    """Return in *lang* why a file was not taken."""
    return f"{refused.name}: {gettext(lang, PROBLEMS[refused.reason])}"
