"""The command line `soc`: one sentence when something is wrong, never a traceback."""

import importlib
import logging
import os
import sys
from collections.abc import Callable

import typer

from infra.terminal import readable, spoken, tell
from schemas.errors import CenterError
from schemas.sentences import Sentence, joined, say
from services.cli import center
from services.cli.mistyped import mistyped, of_system
from services.cli.spoken import App, run

LATER = {
    "prepare": ("services.cli.prepare", "help_prepare"),
    "topics": ("services.cli.topics", "help_topics"),
    "dead-letters": ("services.cli.dead_letters", "help_dead_letters"),
    "users": ("services.cli.users", "help_users"),
    "keys": ("services.cli.keys", "help_keys"),
    "city": ("services.cli.city", "help_city"),
    "readings": ("services.cli.readings", "help_readings"),
    "replay": ("services.cli.replay", "help_replay"),
    "backtest": ("services.cli.backtest", "help_backtest"),
}
"""Name → module with its `app`, and what it is for: imported when it is used, so that `soc status` is quick."""
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
FAILED, INTERRUPTED = 1, 130

app = App("help_soc")
app.add("up", help="help_up")(center.up)
app.add("down", help="help_down")(center.down)
app.add("status", help="help_status")(center.status)


def _passed_on(name: str, module: str) -> Callable[[typer.Context], int]:
    def command(ctx: typer.Context) -> int:
        return run(importlib.import_module(module).app, ctx.args, f"soc {name}")

    return command


for _name, (_module, _purpose) in LATER.items():
    app.add(_name, help=_purpose, context_settings=PASSED_ON)(_passed_on(_name, _module))


def main() -> None:
    """Entry point; exit code 1 and one sentence for everything that can be expected to go wrong."""
    readable(sys.stdout, sys.stderr)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it finds is told once, as a sentence
    try:
        code = run(app, sys.argv[1:], "soc")
        sys.stdout.flush()
    except typer.TyperException as error:
        code = _misused(error)
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except CenterError as error:
        code = _failed(error.whole)
    except BrokenPipeError:
        code = _unread()
    except OSError as error:
        code = _failed(of_system(error))
    if code == INTERRUPTED:
        _failed(say("interrupted"))
    sys.exit(code)


def _failed(said: Sentence) -> int:
    tell(joined(["soc", said], ": "), aside=True)
    return FAILED


def _misused(error: typer.TyperException) -> int:
    """What is wrong, how the command is used, and where to read more."""
    context = getattr(error, "ctx", None)
    if error.format_message():
        _failed(mistyped(error))
        if context is not None:
            print(context.get_usage(), file=sys.stderr)
            print(spoken(say("usage_try", command=context.command_path)), file=sys.stderr)
    return error.exit_code


def _unread() -> int:
    """Nobody reads on (`| head`): what is still to be written goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


if __name__ == "__main__":
    main()
