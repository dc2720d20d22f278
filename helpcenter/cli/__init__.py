"""The `helpcenter` command. One module a concern; each is imported only when it is called."""

import difflib
import importlib
import sys

import click

from helpcenter import __version__

# Command -> its module, its name there, and what the list of commands says of it.
COMMANDS = {
    "serve": ("serve", "serve", "Publish the articles, serve them, send mail."),
    "web": ("serve", "web", "Serve the site only."),
    "work": ("work", "work", "Send mail and publish what editors save; no web."),
    "sync": ("content", "sync", "Publish the content folder once."),
    "preview": ("preview", "preview", "See what you write, as you write it."),
    "check": ("content", "check", "Look for mistakes in articles, rules and their tests."),
    "new": ("new", "new", "Begin an article, a translation, a section or a chat rule."),
    "translations": ("translations", "translations", "Show which translations are missing or stale."),
    "search": ("search", "search", "Search from the command line."),
    "ask": ("ask", "ask", "Ask the bot, with the reason for its answer."),
    "replay": ("replay", "replay_command", "Play stored conversations again over the bot's rules."),
    "gaps": ("gaps", "gaps", "List what people look for and do not find."),
    "evaluate": ("evaluate", "evaluate", "Measure search or chat on questions with known answers."),
    "import": ("importing", "import_", "Bring in content from elsewhere."),
    "requests": ("requests", "requests", "List and show support requests."),
    "mail": ("mail", "mail", "Take in mail that answers a request or begins one."),
    "retention": ("retention", "retention", "Forget what has been kept long enough."),
    "person": ("person", "person", "Export or erase what is kept of one person."),
    "staff": ("staff", "staff", "Manage who may sign in."),
    "backup": ("backup", "backup", "Copy database, files and content into one file."),
    "restore": ("backup", "restore", "Bring back what a backup holds."),
    "doctor": ("doctor", "doctor", "Look whether everything is as it should be."),
}
HIDDEN = {"migration": ("development", "migration", "")}


class Commands(click.Group):
    """A group that imports a command when it is needed, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a first day with the program."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command *name*, or None."""
        if name not in COMMANDS and name not in HIDDEN:
            return None
        module, attribute, _ = COMMANDS.get(name) or HIDDEN[name]
        return getattr(importlib.import_module(f"helpcenter.cli.{module}"), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, _, said) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple:
        """Return the command that *args* name; an unknown one is answered with its nearest neighbour."""
        if args[0] not in {*COMMANDS, *HIDDEN} and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean `helpcenter {near[0]}`?" if near else " See `helpcenter --help`."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="helpcenter")
def program() -> None:
    """A self-hosted help center: articles, search, chat, votes and requests that a person answers.

    \b
    Examples:
      helpcenter serve                      publish the articles and serve them on 127.0.0.1:8000
      helpcenter check                      look for mistakes in articles, rules and their tests
      helpcenter search "late invoice"      search from the command line
      helpcenter ask "where is my parcel"   ask the bot, with the reason for its answer
    """


def main() -> None:
    """Run the command line; what a person can mend is said in one line, without a traceback."""
    from helpcenter.cli.failures import explained

    with explained():
        program(prog_name="helpcenter")


if __name__ == "__main__":
    sys.exit(main())
