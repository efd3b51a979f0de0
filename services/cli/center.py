"""`soc up`, `soc down`, `soc status`."""

import sys
from typing import Annotated

import msgspec
import typer

from infra import settings as settings_module
from infra.embedded import records
from schemas.errors import Unavailable


def say(line: str) -> None:
    """One line for people, at once."""
    print(line, flush=True)


def up(
    detach: Annotated[bool, typer.Option(help="Return once ready; the center stays in the background.")] = False,
) -> None:
    """Start everything and keep it running; Ctrl-C ends it in order."""
    settings = settings_module.load()
    if detach:
        from infra.embedded.detach import up_detached

        up_detached(settings, [sys.executable, "-m", "services.cli.main", "up"], say)
    else:
        from infra.embedded.start import up as run_center

        run_center(settings, say)


def down() -> None:
    """End what `soc up` started in this run directory, nothing else."""
    run_path = settings_module.load().run_path
    names = records.end_center(run_path)
    say(f"nothing runs in {run_path}" if names is None else f"ended: {', '.join(names) or 'the supervisor'}")


def status(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show the processes and addresses of this run directory's center."""
    run_path = settings_module.load().run_path
    record = records.read(run_path)
    if record is None:
        raise Unavailable(f"no center was ever started in {run_path}")
    if not records.lives(record.pid, record.started) and record.state in ("starting", "ready", "stopping"):
        record.state = "dead"
    if json:
        print(msgspec.json.encode(record).decode())
        return
    say(f"{record.state}  {record.url}  kafka {record.kafka}  database {record.database}  redis {record.redis}")
    for one in record.processes:
        ended = f"  last ended with {one.last_exit}" if one.last_exit else ""
        say(f"{one.name:12} {one.state:10} pid {one.pid or '-':>8}  restarts {one.restarts}{ended}")
