"""Files that come with a request: few kinds, each what it says it is, pictures drawn anew, names never a path."""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import puremagic
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from helpcenter.support.images import ImageRefused, redraw
from helpcenter.support.models import Attachment, Message, SupportRequest

LARGEST_FILE_BYTES = 10 * 1024 * 1024
MOST_FILES = 5
MOST_FILES_OF_REQUEST = 50
MOST_WAITING_FILES = 10
# All files of one form together.
LARGEST_TOTAL_BYTES = 25 * 1024 * 1024
LONGEST_NAME = 100
FOLDER = "uploads"
ANY_BYTES = "application/octet-stream"
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class FileKind:
    """A kind of file that may come: what others call it, and under which endings its bytes are known."""

    types: tuple[str, ...]
    magic: tuple[str, ...] = ()
    is_image: bool = False


JPEG = FileKind(("image/jpeg", "image/pjpeg", "image/jpg"), (".jpg", ".jpeg", ".jfif", ".jpe"), True)
TEXT = FileKind(("text/plain", "text/x-log", "text/markdown"))
KINDS = {
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".png": FileKind(("image/png", "image/x-png"), (".png",), True),
    ".gif": FileKind(("image/gif",), (".gif",), True),
    ".webp": FileKind(("image/webp",), (".webp",), True),
    ".pdf": FileKind(("application/pdf", "application/x-pdf"), (".pdf",)),
    ".docx": FileKind((f"{OFFICE}wordprocessingml.document",), (".docx", ".zip")),
    ".xlsx": FileKind((f"{OFFICE}spreadsheetml.sheet",), (".xlsx", ".zip")),
    ".odt": FileKind((f"{OPEN}text",), (".odt", ".zip")),
    ".ods": FileKind((f"{OPEN}spreadsheet",), (".ods", ".zip")),
    ".zip": FileKind(("application/zip", "application/x-zip-compressed"), (".zip",)),
    ".txt": TEXT,
    ".log": TEXT,
    ".csv": FileKind(("text/csv", "text/plain", "application/csv", "application/vnd.ms-excel")),
}
ACCEPTED = ",".join(KINDS)


class AttachmentRefused(ValueError):
    """A file cannot be taken. *reason* is a key: "empty", "large", "many", "kind", "differs", "image"; *name* the file."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(f"{name}: {REASONS[reason]}")
        self.reason, self.name = reason, name


REASONS = {
    "empty": "the file is empty",
    "large": f"the file is larger than {LARGEST_FILE_BYTES // 1024 // 1024} MB",
    "many": f"there are too many files: at most {MOST_FILES} at once",
    "kind": f"files of this kind are not taken; these are: {', '.join(KINDS)}",
    "differs": "the file is not what its name says",
    "image": "the picture cannot be read or is larger than 25 megapixels",
}


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be stored: its tidied name, what it is, and the bytes to keep."""

    name: str
    content_type: str
    data: bytes


def store_attachment(
    session: Session, request: SupportRequest, name: str, content_type: str, data: bytes, *, folder: Path, message: Message | None = None
) -> Attachment:
    """Check a file, keep its bytes under *folder* (the data folder), and return its row in the caller's transaction.

    *message* is the one that it came with. Raises AttachmentRefused. When the transaction is rolled back, the bytes stay
    without a row and `remove_unknown` takes them away later.
    """
    return keep(session, request, checked(name, content_type, data), folder=folder, message=message)


def checked(name: str, content_type: str, data: bytes) -> CheckedFile:
    """Return the file as it may be stored; pictures are drawn anew. Raises AttachmentRefused.

    The name is tidied first and judged then, so that nothing invisible hides its ending.
    """
    name = tidy_name(name)
    stem, ending = split_name(name)
    kind = KINDS.get(ending)
    if kind is None:
        raise AttachmentRefused("kind", name)
    if not data:
        raise AttachmentRefused("empty", name)
    if len(data) > LARGEST_FILE_BYTES:
        raise AttachmentRefused("large", name)
    told = content_type.partition(";")[0].strip().lower()
    if (told not in (*kind.types, ANY_BYTES, "")) or not _is_what_it_says(kind, data):
        raise AttachmentRefused("differs", name)
    if not kind.is_image:
        return CheckedFile(name, kind.types[0], data)
    try:
        drawn, form = redraw(data)
    except ImageRefused:
        raise AttachmentRefused("image", name) from None
    return CheckedFile(stem + {"JPEG": ".jpg", "PNG": ".png"}[form], f"image/{form.lower()}", drawn)


def keep(session: Session, request: SupportRequest, file: CheckedFile, *, folder: Path, message: Message | None = None) -> Attachment:
    """Keep the bytes of *file* under *folder* and return its row. Raises AttachmentRefused when the request has too many."""
    if _count(session, Attachment.request_id == request.id) >= MOST_FILES_OF_REQUEST:
        raise AttachmentRefused("many", file.name)
    return _store(session, file, folder, request_id=request.id, message_id=message.id if message else None)


def keep_waiting(session: Session, conversation_id: int, file: CheckedFile, *, folder: Path) -> Attachment:
    """Keep *file* for a conversation that is no request yet. Raises AttachmentRefused when too many files wait there."""
    if _count(session, Attachment.conversation_id == conversation_id) >= MOST_WAITING_FILES:
        raise AttachmentRefused("many", file.name)
    return _store(session, file, folder, conversation_id=conversation_id)


def hand_over(session: Session, conversation_id: int, request: SupportRequest) -> None:
    """Give the files that wait in a conversation to the first message of the *request* that it has become."""
    first = select(func.min(Message.id)).where(Message.request_id == request.id).scalar_subquery()
    waiting = update(Attachment).where(Attachment.conversation_id == conversation_id)
    session.execute(waiting.values(request_id=request.id, message_id=first, conversation_id=None))


def are_kept(session: Session, message: Message, files: Sequence[CheckedFile]) -> bool:
    """Return whether *files* are the ones that came with *message*."""
    kept = session.execute(select(Attachment.name, Attachment.size).where(Attachment.message_id == message.id)).all()
    return sorted(map(tuple, kept)) == sorted((file.name, len(file.data)) for file in files)


def _count(session: Session, mine: ColumnElement) -> int:
    return session.scalar(select(func.count()).select_from(Attachment).where(mine))


def _store(session: Session, file: CheckedFile, folder: Path, **owner: int | None) -> Attachment:
    stored_name = secrets.token_urlsafe(32)
    path = path_of(folder, stored_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.data)
    row = Attachment(name=file.name, content_type=file.content_type, size=len(file.data), stored_name=stored_name, **owner)
    session.add(row)
    session.flush()
    return row


def path_of(folder: Path, stored_name: str) -> Path:
    """Return where the bytes of an attachment are, under the data folder."""
    return folder / FOLDER / stored_name


def attachments_of(session: Session, request: SupportRequest) -> list[Attachment]:
    """Return the files of *request* in the order they came."""
    return list(session.scalars(select(Attachment).where(Attachment.request_id == request.id).order_by(Attachment.id)))


def find_attachment(session: Session, request: SupportRequest, attachment_id: int) -> Attachment | None:
    """Return the file with this id when it belongs to *request*."""
    mine = (Attachment.id == attachment_id, Attachment.request_id == request.id)
    return session.scalar(select(Attachment).where(*mine))


def tidy_name(name: str) -> str:
    r"""Return *name* without folders, invisible characters and dots at its ends.

    >>> tidy_name("..\\..\\C:\\Bill\u200b .pdf "), tidy_name(".htaccess\u200b"), tidy_name("/")
    ('Bill .pdf', 'htaccess', 'file')
    """
    seen = "".join(" " if unicodedata.category(c) in ("Zs", "Zl", "Zp", "Cc") else c for c in unicodedata.normalize("NFC", name))
    seen = "".join(c for c in seen if unicodedata.category(c)[0] != "C")
    last = re.split(r"[\\/:]", seen)[-1]
    stem, dot, ending = " ".join(last.split()).strip(". ").rpartition(".")
    if not dot:
        return ending[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - 20]}.{ending[:10]}"


def split_name(name: str) -> tuple[str, str]:
    """Return the name before its ending, and the ending in small letters."""
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending.lower()}") if dot and stem else (name, "")


def _is_what_it_says(kind: FileKind, data: bytes) -> bool:
    """Return whether the first bytes are those of *kind*; text is what reads as text."""
    if not kind.magic:
        return _is_text(data)
    try:
        found = {match.extension for match in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):
        return False
    return bool(found & set(kind.magic))


def _is_text(data: bytes) -> bool:
    # Old tables come in many encodings; a byte that no text has tells them from programs.
    return b"\0" not in data or data[:2] in (b"\xff\xfe", b"\xfe\xff")


def remove_unknown(session: Session, folder: Path, *, older_than: float) -> int:
    """Remove files that no row names and that were written before *older_than* (seconds since 1970); return how many."""
    known, removed = set(session.scalars(select(Attachment.stored_name))), 0
    for path in (folder / FOLDER).glob("*"):
        if path.name not in known and path.is_file() and path.stat().st_mtime < older_than:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
