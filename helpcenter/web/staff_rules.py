"""The editor of the bot's rules and of the conversation tests, with a conversation over what is typed beside it.

What is typed is tried in a copy of the folder that is gone with the answer; only saving changes the content folder.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from helpcenter.accounts import audit
from helpcenter.accounts.models import StaffUser
from helpcenter.chat.conversation_tests import Report, read_test_file, report_conversations
from helpcenter.chat.dialogue import LONGEST_MESSAGE
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.rules import Rules, load_rules
from helpcenter.chat.trial import Exchange, play
from helpcenter.chat.yaml_reading import LARGEST_FILE_BYTES, yaml_files
from helpcenter.content.differences import Row
from helpcenter.content.models import Article
from helpcenter.content.reader import hash_of
from helpcenter.editing import drafts
from helpcenter.editing.comparing import differing
from helpcenter.editing.composing import Typed, as_bytes
from helpcenter.editing.models import EditDraft
from helpcenter.editing.saving import SaveRefused, present_bytes, save
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import conversing, staff_bot
from helpcenter.web import staff_editor_words as editor_words
from helpcenter.web.errors import NoRight
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_articles import publish_now
from helpcenter.web.staff_editor import NOT_SAVED, said_of_saving, word_of
from helpcenter.web.staff_editor_forms import Refusal, author_of, check_text_access, root

bp = Blueprint("staff_rules", __name__, url_prefix="/staff/rules")
bp.after_request(keep_private)
bp.context_processor(template_values)

log = structlog.get_logger()

BOT, TESTS = "bot", "tests/conversations"
UTF8_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
MOST_PROBLEMS = 100


@bp.before_request
def check_access() -> ResponseReturnValue | None:
    """Let in who may; a file of rules may be larger than an article."""
    return check_text_access(4 * LARGEST_FILE_BYTES)


@dataclass
class RuleFile:
    """A file with rules or conversation tests, as it stands."""

    path: str
    content: bytes

    @property
    def lang(self) -> str:
        """The language the file is for; empty for what all languages share."""
        inner = self.path.removeprefix(f"{TESTS}/").removeprefix(f"{BOT}/")
        first = inner.partition("/")[0]
        return first if "/" in inner and first in current_site().languages else ""

    @property
    def text(self) -> str:
        """The file as a text field shows it."""
        return self.content.decode("utf-8").removeprefix(UTF8_MARK).replace("\r\n", "\n").replace("\r", "\n")

    @property
    def hash(self) -> str:
        """The hash of the file as it stands."""
        return hash_of(self.content)

    def is_for(self, user: StaffUser) -> bool:
        """Return whether the account is for this file: rules have no section, and what is shared has no language."""
        return not user.sections and (not user.languages or self.lang in user.languages)


@dataclass
class Trial:
    """What was tried over the typed rules: a conversation, or the tests."""

    problems: list[RuleProblem] = field(default_factory=list)
    tried: staff_bot.Trial | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    report: Report | None = None


def listed() -> list[str]:
    """Return the files of rules and tests by their paths in the content folder; links out of it are none of ours."""
    folder = root()
    found = [path for part in (BOT, TESTS) for path in yaml_files(folder / part, "**/*.yaml")]
    return [path.relative_to(folder).as_posix() for path in found if path.resolve().is_relative_to(folder) and path.is_file()]


def get_file(path: str) -> RuleFile:
    """Return a file that is listed and that the account is for; 404 when there is none, NoRight when it is not theirs."""
    if path not in listed():
        abort(404)
    try:
        found = RuleFile(path, present_bytes(root(), path) or b"")
        if len(found.content) > LARGEST_FILE_BYTES:
            abort(404)
        found.content.decode("utf-8")
    except (SaveRefused, OSError, UnicodeDecodeError):
        abort(404)
    if not found.is_for(g.staff.user):
        raise NoRight
    return found


@bp.get("/")
def home() -> str:
    """List the files with rules and conversation tests."""
    return render_template("staff/rules.html", files=[(path, RuleFile(path, b"").is_for(g.staff.user)) for path in listed()])


@bp.get("/<path:path>/edit")
def edit(path: str) -> str:
    """Show a file, or the draft that this person has of it."""
    file = get_file(path)
    draft = drafts.find(db.session, g.staff.user.id, path)
    typed = Typed.from_row(draft.typed) if draft else Typed(file.text, file.hash, whole=True)
    return render_rules(file, typed, draft=draft, said=said_of_saving())


def read_form() -> Typed:
    """Return what the form sent."""
    return Typed(request.form.get("rules", "").replace("\r\n", "\n"), request.form.get("seen", "")[:64], whole=True)


@bp.post("/<path:path>/edit/check")
def check(path: str) -> str:
    """Say what is wrong with the typed rules, and change nothing."""
    return render_rules(get_file(path), read_form())


@bp.post("/<path:path>/edit/talk")
def talk(path: str) -> str:
    """Play the conversation over the typed rules."""
    file, typed = get_file(path), read_form()
    tried = staff_bot.read_circumstances()
    if request.form.get("do") != "restart":
        tried.said = staff_bot.read_state(tried)
        staff_bot.take_message(tried)
    return render_rules(file, typed, tried=tried)


@bp.post("/<path:path>/edit/tests")
def run_tests(path: str) -> str:
    """Run the conversation tests over the typed rules."""
    return render_rules(get_file(path), read_form(), with_tests=True)


@bp.post("/<path:path>/edit/draft")
def keep(path: str) -> ResponseReturnValue:
    """Keep what was typed as a draft that nobody else sees."""
    file, typed = get_file(path), read_form()
    keep_draft(file, typed)
    return redirect(url_for("staff_rules.edit", path=path, saved="draft"), 303)


def keep_draft(file: RuleFile, typed: Typed) -> None:
    """Keep what was typed."""
    with writing() as session:
        drafts.keep(session, g.staff.user.id, file.path, typed, now=utcnow())


@bp.post("/<path:path>/edit/discard")
def discard(path: str) -> ResponseReturnValue:
    """Throw the draft away."""
    file = get_file(path)
    with writing() as session:
        drafts.forget(session, g.staff.user.id, file.path)
    return redirect(url_for("staff_rules.edit", path=path), 303)


@bp.post("/<path:path>/edit/save")
def save_rules(path: str) -> ResponseReturnValue:
    """Write the typed rules into the content folder, commit them, and publish; tests that fail keep them back there."""
    file, typed = get_file(path), read_form()
    if typed.seen != file.hash:
        return answer_conflict(file, typed)
    keep_draft(file, typed)
    if any(problem.path == name_in(file) and problem.severity == "error" for problem in tried_out(file, typed).problems):
        return render_rules(file, typed, refusal=Refusal("broken")), 422
    try:
        saved = save(root(), path, as_bytes(file.content, typed.text), seen=typed.seen, author=author_of(g.staff.user), subject=f"Edit {path}")
    except SaveRefused as refused:
        log.warning("not saved", path=path, code=refused.code, detail=refused.detail)
        if refused.code == "changed":
            return answer_conflict(get_file(path), typed)
        return render_rules(file, typed, refusal=Refusal(refused.code, refused.detail)), NOT_SAVED.get(refused.code, 422)
    with writing() as session:
        drafts.forget(session, g.staff.user.id, path)
        audit.record(session, g.staff.user, "rules.save", path, {"commit": saved.commit[:10], "uncommitted": saved.uncommitted})
    g.logged = True
    publish_now()
    return redirect(url_for("staff_rules.edit", path=path, saved=word_of(saved)), 303)


def name_in(file: RuleFile) -> str:
    """Return what problems call *file*."""
    return file.path.removeprefix("tests/")


def answer_conflict(file: RuleFile, typed: Typed) -> tuple[str, int]:
    """Return the page that shows both texts; saving again then takes what was typed."""
    keep_draft(file, typed)
    rows = differing(root(), file.content, typed.text.encode())
    typed.seen = file.hash
    return render_rules(file, typed, refusal=Refusal("changed"), conflict=rows), 409


@contextmanager
def with_typed(file: RuleFile, typed: Typed) -> Iterator[Path]:
    """Give a copy of the rules and tests in which *file* says what was typed."""
    with tempfile.TemporaryDirectory(prefix="helpcenter-rules-") as place:
        copy = Path(place)
        for path in listed():
            target = copy / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if path == file.path:
                target.write_bytes(as_bytes(file.content, typed.text))
            else:
                shutil.copyfile(root() / path, target)
        yield copy


def tried_out(file: RuleFile, typed: Typed, *, tried: staff_bot.Trial | None = None, with_tests: bool = False) -> Trial:
    """Return what the typed rules do: what is wrong with them, the conversation of *tried*, and what the tests say."""
    keys = db.session.scalars(select(Article.key).distinct()).all()
    with with_typed(file, typed) as copy:
        rules, problems = load_rules(copy / BOT, current_site().languages, article_keys=keys)
        if file.path.startswith(f"{TESTS}/"):
            problems = [*read_test_file(copy / file.path, copy / TESTS)[1], *problems]
        found = Trial(problems, tried)
        if tried is not None:
            found.exchanges = played(rules, tried)
        if with_tests:
            found.report = report_conversations(
                copy / TESTS, rules, conversing.find_passages, conversing.find_card, only=file.lang or None
            )
        return found


def played(rules: Rules, tried: staff_bot.Trial) -> list[Exchange]:
    """Return the conversation over *rules*, beside the published ones."""
    published = services().bot()
    has_published = tried.lang in published.languages
    context = staff_bot.context_of(tried)
    return play(tried.lang, tried.said, rules, published if has_published else None, context=context, **conversing.finders())


def render_rules(
    file: RuleFile, typed: Typed, *, tried: staff_bot.Trial | None = None, with_tests: bool = False, draft: EditDraft | None = None,
    refusal: Refusal | None = None, conflict: list[Row] | None = None, said: str = "",
) -> str:  # fmt: skip
    """Return the page of a file of rules with what was *typed*, what is wrong with it, and what was tried."""
    tried = tried or staff_bot.Trial(staff_bot.known_language(file.lang))
    found = tried_out(file, typed, tried=tried, with_tests=with_tests)
    own = [problem for problem in found.problems if problem.path == name_in(file)]
    return render_template(
        "staff/rules_editor.html",
        file=file,
        typed=typed,
        trial=found,
        tried=tried,
        heard=[staff_bot.heard(found.exchanges, place) for place in range(len(found.exchanges))],
        own=own[:MOST_PROBLEMS],
        elsewhere=len(found.problems) - len(own),
        draft=draft,
        refusal=refusal,
        conflict=conflict,
        said=said,
        refusals=editor_words.REFUSED,
        uncommitted=editor_words.UNCOMMITTED,
        limit=LARGEST_FILE_BYTES,
        longest=LONGEST_MESSAGE,
        languages=[file.lang] if file.lang else current_site().languages,
    )
