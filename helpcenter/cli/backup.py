"""`helpcenter backup` and `helpcenter restore`: everything but the secrets in one file, and back."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import make_url

from helpcenter import __version__, storage
from helpcenter.app import create_app
from helpcenter.cli.archive import ArchiveError, Manifest, Writer, read_archive, writing_archive
from helpcenter.cli.refusal import Refusal
from helpcenter.content import library
from helpcenter.search.following import documents
from helpcenter.settings import Settings, load_settings
from helpcenter.storage import StorageError
from helpcenter.storage.columns import utcnow
from helpcenter.storage.copying import copy_sqlite, inspect_sqlite
from helpcenter.web.services import services

DATABASE = "helpcenter.sqlite3"
# Of the data folder: the index is built again, the key that `make serve` made is a secret.
NOT_DATA = ("index", "secret-key")
# A repository's settings may hold passwords and its hooks are programs; git copies repositories itself.
NOT_CONTENT = (".git",)
ARCHIVE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
DUMP = "pg_dump --format=custom --file=helpcenter.dump NAME-OF-THE-DATABASE"


@click.command(short_help="Copy database, files and content into one file.")
@click.argument("file", type=ARCHIVE)
@click.option("--without-database", is_flag=True, help="Leave the database out: PostgreSQL is copied with pg_dump.")
def backup(file: Path, without_database: bool) -> None:
    """Write database, uploads, mail files and content folder to FILE, while the program runs; then read it back and compare.

    Not in it: the settings with the secret key (keep those elsewhere), the search index (it is built again), and the `.git` of the
    content folder (push it). What people wrote is in it, so keep it as safe as the database.

    \b
    Examples:
      helpcenter backup /backup/helpcenter-$(date +%F).tar
      helpcenter backup /backup/files.tar --without-database
    """
    settings = load_settings()
    target = file.resolve()
    database = None if without_database else sqlite_file(settings)
    refuse_inside(target, settings)
    manifest = Manifest(__version__, utcnow().isoformat(timespec="seconds"))
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as place, writing_archive(target, manifest) as writer:
            # The database first: a file that comes while the others are copied has no row yet, which harms nobody.
            if database:
                add_database(writer, database, Path(place))
            gone = add_files(writer, settings)
    except ArchiveError as error:
        raise Refusal(f"No backup was made: {error}") from error
    except OSError as error:
        raise Refusal(f"No backup was made: {error.filename or target}: {error.strerror}.") from error
    for path in gone:
        click.echo(f"left out: {path}", err=True)
    click.echo(f"{file}: {said_of(manifest)}; read back and compared.")
    if not database:
        click.echo(f"The database is not in it. Copy that with: {DUMP}", err=True)


def sqlite_file(settings: Settings) -> Path:
    """Return where the database is. Raises Refusal when it is not SQLite's, or not there."""
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite":
        raise Refusal(f"PostgreSQL is copied with its own tool: {DUMP}\nThen the files: helpcenter backup FILE.tar --without-database")
    path = Path(url.database)
    if not path.is_file():
        raise Refusal(f"There is no database {path} yet.")
    return path


def refuse_inside(target: Path, settings: Settings) -> None:
    """Raise Refusal when *target* is where it would become part of the next backup, or nowhere."""
    if not target.parent.is_dir():
        raise Refusal(f"There is no folder {target.parent}.")
    for folder in (settings.data.resolve(), settings.articles.resolve()):
        if target.is_relative_to(folder):
            raise Refusal(f"{target} is inside of {folder}, which is to be copied. Name a file elsewhere, best on another disk.")


def add_database(writer: Writer, database: Path, place: Path) -> None:
    """Add a copy of *database*, made in the folder *place* and looked through. Raises StorageError when it is damaged."""
    copy = place / DATABASE
    copy_sqlite(database, copy)
    contents = inspect_sqlite(copy)
    writer.manifest.schema, writer.manifest.tables = contents.schema, contents.tables
    writer.add(f"data/{DATABASE}", copy)
    copy.unlink()


def add_files(writer: Writer, settings: Settings) -> list[Path]:
    """Add the files of the data folder and the content folder; return those that were left out."""
    data, content = settings.data.resolve(), settings.articles.resolve()
    left_out: list[Path] = []
    # One of the folders may lie in the other.
    not_data = {content, *(data / name for name in NOT_DATA)}
    not_content = {data, *(content / name for name in NOT_CONTENT)}
    for prefix, folder, skipped in (("data", data, not_data), ("content", content, not_content)):
        for name, path in files_below(folder, skipped, left_out):
            # Files of the database lie in the data folder alone; all that is half written begins with a dot.
            if prefix == "data" and (name.startswith(DATABASE) or path.name.startswith(".")):
                continue
            try:
                writer.add(f"{prefix}/{name}", path)
            except FileNotFoundError:
                left_out.append(path)
    return left_out


def files_below(folder: Path, skipped: set[Path], links: list[Path]) -> Iterator[tuple[str, Path]]:
    """Give each plain file below *folder* with its name there; links go to *links*, but those to folders right below it, which are followed."""
    starts = [(folder, "")]
    if folder.is_dir():
        starts += [(path, f"{path.name}/") for path in sorted(folder.iterdir()) if path.is_symlink() and path.is_dir()]
    followed = {start for start, _ in starts}
    for start, prefix in starts:
        for parent, below, names in os.walk(start, onerror=_raise):
            here = Path(parent)
            links += [here / name for name in below if (here / name).is_symlink() and here / name not in followed]
            below[:] = sorted(name for name in below if here / name not in skipped and not (here / name).is_symlink())
            for name in sorted(names):
                path = here / name
                if path in skipped:
                    continue
                if path.is_symlink() or not path.is_file():
                    links.append(path)
                else:
                    yield prefix + path.relative_to(start).as_posix(), path


def _raise(error: OSError) -> None:
    raise error


def said_of(manifest: Manifest) -> str:
    """Return in one line what is in a backup."""
    rows = f"{sum(manifest.tables.values())} rows of {len(manifest.tables)} tables" if manifest.tables else "no database"
    return f"{rows}, {len(manifest.files)} files, {manifest.size / 1e6:.1f} MB"


@click.command(short_help="Bring back what a backup holds.")
@click.argument("file", type=ARCHIVE)
@click.option("--to", "folder", type=FOLDER, help="Restore into this folder (as data/ and content/) instead of those of the settings.")
@click.option("--keep-content", is_flag=True, help="Leave the content folder as it is.")
@click.option("--force", is_flag=True, help="Also where something is: that is moved aside, not removed.")
@click.option("--dry-run", is_flag=True, help="Only compare the backup with its list.")
def restore(file: Path, folder: Path | None, keep_content: bool, force: bool, dry_run: bool) -> None:
    """Restore FILE, which `helpcenter backup` wrote, into the data and content folders of the settings, or into another folder.

    Stop the program first. Everything is unpacked aside, compared with the list in the backup, brought to this version's tables, and
    the search index built; only then it is put in place. Folders that hold something are refused without --force.

    \b
    Examples:
      helpcenter restore /backup/helpcenter.tar --dry-run
      helpcenter restore /backup/helpcenter.tar --to /srv/drill
      helpcenter restore /backup/helpcenter.tar
    """
    settings = load_settings()
    try:
        manifest = read_archive(file)
        if not dry_run:
            restore_checked(file, manifest, targets_of(settings, manifest, folder, keep_content), force, settings)
    except ArchiveError as error:
        raise Refusal(f"Nothing was restored from {file}: {error}") from error
    except OSError as error:
        raise Refusal(f"Nothing was restored from {file}: {error.filename}: {error.strerror}.") from error
    click.echo(f"{file} of {manifest.made_at}: {said_of(manifest)}, all as it was written.")
    if not dry_run:
        say_what_next(manifest, folder)


def targets_of(settings: Settings, manifest: Manifest, folder: Path | None, keep_content: bool) -> dict[str, Path]:
    """Return where each part of the backup goes, the data folder last. Raises Refusal where it cannot go."""
    parts = [part for part in ("content", "data") if any(name.startswith(f"{part}/") for name in manifest.files)]
    if keep_content:
        parts = [part for part in parts if part != "content"]
    if folder is not None:
        return {part: folder.resolve() / part for part in parts}
    if settings.database_url and manifest.tables:
        raise Refusal("HELPCENTER_DATABASE_URL names a database elsewhere. Restore with --to, and move what you need.")
    if "content" in parts and "articles" not in settings.model_fields_set:
        raise Refusal("HELPCENTER_ARTICLES is not set, so the content folder is that of the program. Set it, or use --to or --keep-content.")
    return {part: {"content": settings.articles, "data": settings.data}[part].resolve() for part in parts}


def restore_checked(file: Path, manifest: Manifest, targets: dict[str, Path], force: bool, settings: Settings) -> None:
    """Unpack *file* aside, make it ready, and put its parts in place at *targets*.

    Raises Refusal or ArchiveError before anything is touched, or after it was put back.
    """
    for target in targets.values():
        if target.exists() and not (target.is_dir() and (force or not any(target.iterdir()))):
            raise Refusal(f"{target} holds something already. With --force it is moved aside; stop the program before.")
        target.parent.mkdir(parents=True, exist_ok=True)
    places: list[Path] = []
    try:
        fresh = {part: _place_beside(target, places) for part, target in targets.items()}
        unpacked = _place_beside(targets["data"] if "data" in targets else next(iter(targets.values())), places)
        read_archive(file, into=unpacked)
        for part, place in fresh.items():
            # Across disks this is a copy; the last step below is always a rename.
            shutil.move(unpacked / part, place / part)
        if manifest.tables:
            make_ready(fresh["data"] / "data", manifest, settings)
        put_in_place({place / part: targets[part] for part, place in fresh.items()})
    finally:
        for place in places:
            shutil.rmtree(place, ignore_errors=True)


def _place_beside(target: Path, places: list[Path]) -> Path:
    place = Path(tempfile.mkdtemp(prefix=f".{target.name}.restoring-", dir=target.parent))
    places.append(place)
    return place


def make_ready(data: Path, manifest: Manifest, settings: Settings) -> None:
    """Compare the database in *data* with *manifest*, bring it to this version's tables, and build the index.

    Raises ArchiveError when it is not what it was, StorageError when it comes from a newer version.
    """
    try:
        found = inspect_sqlite(data / DATABASE)
    except StorageError as error:
        raise ArchiveError(str(error)) from error
    if (found.schema, found.tables) != (manifest.schema, manifest.tables):
        raise ArchiveError("the rows of its database are not those of its list.")
    app = create_app(settings.model_copy(update={"data": data, "database_url": ""}))
    try:
        storage.migrate(app)
        with app.app_context():
            if revision := library.revision(storage.db.session):
                services().index.rebuild(documents(storage.db.session), revision)
    finally:
        storage.close(app)


def put_in_place(moves: dict[Path, Path]) -> None:
    """Rename each fresh folder to its target; what was there moves aside. When one cannot be, all go back. Raises OSError."""
    stamp = datetime.now().strftime("%Y%m%dT%H%M%S")
    done: list[tuple[Path, Path]] = []
    try:
        for fresh, target in moves.items():
            fresh.chmod(0o700)
            if target.exists():
                give_to_owner_of(target, fresh)
            if target.exists() and any(target.iterdir()):
                aside = target.with_name(f"{target.name}.before-{stamp}")
                target.rename(aside)
                done.append((aside, target))
            fresh.rename(target)
            done.append((target, fresh))
    except OSError:
        for moved, origin in reversed(done):
            moved.rename(origin)
        raise


def give_to_owner_of(target: Path, fresh: Path) -> None:
    """Give *fresh* and all below it the owner and rights of the folder *target*, as far as this user may."""
    was = target.stat()
    fresh.chmod(was.st_mode & 0o7777)
    if os.geteuid() == 0:
        for path in (fresh, *fresh.rglob("*")):
            os.chown(path, was.st_uid, was.st_gid, follow_symlinks=False)


def say_what_next(manifest: Manifest, folder: Path | None) -> None:
    """Tell what a restored site still needs."""
    if folder is not None:
        click.echo(f"Restored to {folder}. Start with HELPCENTER_DATA={folder / 'data'} HELPCENTER_ARTICLES={folder / 'content'}")
    click.echo("The secret key is not in a backup. With another one than before, open chats end and links to surveys no longer open.")
    click.echo("Forget again what was forgotten since: helpcenter retention; helpcenter person erase … Then: helpcenter doctor")
    if not manifest.tables:
        click.echo("The database was not in it: restore your dump with pg_restore.", err=True)
