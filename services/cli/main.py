"""The command line `soc`: one sentence when something is wrong, never a traceback."""

import importlib
import os
import sys
from collections.abc import Callable

import typer

from schemas.errors import CenterError
from services.cli import center

LATER = {
    "prepare": ("services.cli.prepare", "Make servers of your own ready for processes that `soc up` does not start."),
    "topics": ("services.cli.topics", "What is in Kafka: sizes, and the lag of each group."),
    "dead-letters": ("services.cli.dead_letters", "What could not be taken, and why; take it again."),
    "users": ("services.cli.users", "People who may sign in."),
    "keys": ("services.cli.keys", "API keys of integrators and screens."),
    "city": ("services.cli.city", "Check a city folder, or load it into the running center."),
    "readings": ("services.cli.readings", "Write what sensors did into a Parquet file."),
    "replay": ("services.cli.replay", "Send recorded input to a running center."),
    "backtest": ("services.cli.backtest", "Which incidents recorded input makes, without a running center."),
}
"""Name → module with its `app`, and what it is for: imported when it is used, so that `soc status` is quick."""
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs and looks after a Smart Operations Center. Settings: SOC_* variables, see docs/generated/settings.md.",
)
app.command()(center.up)
app.command()(center.down)
app.command()(center.status)


def _passed_on(name: str, module: str) -> Callable[[typer.Context], None]:
    def command(ctx: typer.Context) -> None:
        importlib.import_module(module).app(ctx.args, prog_name=f"soc {name}")

    return command


for _name, (_module, _purpose) in LATER.items():
    app.command(_name, help=_purpose, context_settings=PASSED_ON)(_passed_on(_name, _module))


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
