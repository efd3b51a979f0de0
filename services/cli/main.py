"""The command line `soc`: one sentence when something is wrong, never a traceback."""

import os
import sys

import typer

from schemas.errors import CenterError
from services.cli import center, city, dead_letters, topics, users

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Runs and looks after a Smart Operations Center. Settings: SOC_* variables, see docs/generated/settings.md.",
)
app.command()(center.up)
app.command()(center.down)
app.command()(center.status)
app.command("topics")(topics.list_topics)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(users.app, name="users")
app.add_typer(city.app, name="city")


def main() -> None:
    """Entry point; exit code 1 and one sentence for everything that can be expected to go wrong."""
    try:
        app()
    except CenterError as error:
        _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _fail(reason: str) -> None:
    print(f"soc: {reason}", file=sys.stderr, flush=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
