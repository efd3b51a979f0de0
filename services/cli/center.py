"""`soc up`, `soc down`, `soc status`."""

import sys
from typing import Annotated

import msgspec
import typer

from infra import settings as settings_module
from infra.embedded import records
from infra.embedded.supervisor import exit_text
from infra.terminal import tell, write_json
from schemas.errors import Unavailable
from schemas.sentences import Sentence, joined, say


def up(
    detach: Annotated[bool, typer.Option(help="help_up_detach")] = False,
) -> None:
    """Start everything and keep it running; Ctrl-C ends it in order."""
    settings = settings_module.load()
    if detach:
        from infra.embedded.detach import up_detached

        up_detached(settings, [sys.executable, "-m", "services.cli.main", "up"], tell)
    else:
        from infra.embedded.start import up as run_center

        run_center(settings, tell)


def down() -> None:
    """End what `soc up` started in this run directory, nothing else."""
    run_path = settings_module.load().run_path
    names = records.end_center(run_path)
    if names is None:
        tell(say("nothing_runs", path=run_path))
    else:
        tell(say("ended", names=", ".join(names)) if names else say("ended_supervisor"))


def status(json: Annotated[bool, typer.Option("--json", help="help_status_json")] = False) -> None:
    """Show the processes and addresses of this run directory's center."""
    run_path = settings_module.load().run_path
    record = records.read(run_path)
    if record is None:
        raise Unavailable(say("no_center_ever", path=run_path))
    if not records.lives(record.pid, record.started) and record.state in ("starting", "ready", "stopping"):
        record.state = "dead"
    if json:
        write_json(msgspec.json.encode(record))
        return
    state = say(f"state_{record.state}")
    servers = say("status_servers", kafka=record.kafka, database=record.database, redis=record.redis)
    tell(joined([state, record.url, servers], "  "))
    for one in record.processes:
        tell(_line(one))


def _line(one: records.ProcessRecord) -> Sentence:
    state, pid = say(f"state_{one.state}"), one.pid or "-"
    process = say("status_process", name=one.name, state=state, pid=pid, restarts=one.restarts)
    if one.last_exit is None:
        return process
    how = one.last_exit if one.last_code is None else exit_text(one.last_code)
    return say("status_process_ended", process=process, how=how)
