"""`dibs`: the command line. Each command is loaded when it is used, so that a small one starts fast.

Exit status: 0 done, 1 it failed and says why in one line, 2 wrong usage. Never a traceback.
"""

import importlib
import logging
import os
import sys

import click

COMMANDS = {
    "run": "bot.commands.run:run",
    "demo": "bot.commands.demo:demo",
    "check": "bot.commands.check:check",
    "staff": "bot.commands.staff:staff",
    "channel": "bot.commands.channel:channel",
    "crm": "bot.commands.crm:crm",
    "inbox": "bot.commands.inbox:inbox",
    "outbox": "bot.commands.outbox:outbox",
    "db": "bot.commands.db:db",
}


class LazyGroup(click.Group):
    """Knows the names; imports what is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dibs", prog_name="dibs")
def cli() -> None:
    """A team sales workspace inside Telegram. Settings come from the environment and from .env."""


def main() -> None:
    """The program."""
    sys.exit(_status(sys.argv[1:]))


def _status(arguments: list[str]) -> int:
    from bot.problems import explain, unforeseen

    logging.getLogger().addHandler(logging.NullHandler())  # `run` logs; what other commands have to say they print
    try:
        done = cli.main(arguments, prog_name="dibs", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _say("stopped")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the flush at exit must not complain again
        return 1
    except Exception as error:
        return _say(explain(error) or unforeseen(error))
    return done if isinstance(done, int) else 0


def _say(line: str) -> int:
    click.echo(f"dibs: {' '.join(line.split())}", err=True)
    return 1


if __name__ == "__main__":
    main()
