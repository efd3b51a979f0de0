"""`soc keys`: API keys of integrators and screens."""

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.postgres import keys
from infra.postgres.audit import Deed, write_down
from infra.terminal import tell
from schemas.reference import ApiKey
from schemas.sentences import say
from services.cli.database import BY, in_database
from services.cli.spoken import App

app = App("help_keys")


@app.add("list", help="help_keys_list")
def list_keys() -> None:
    """List keys with their roles and agencies; the secrets are nowhere."""
    for key in in_database(keys.issued):
        print(f"{key.id:16} {','.join(key.roles):24} {key.agency or '-':16} {key.name}".rstrip())


@app.add("create", help="help_keys_create")
def create(
    name: Annotated[str, typer.Argument(help="help_keys_name")],
    role: Annotated[list[str], typer.Option(help="help_keys_role")],
    agency: Annotated[str | None, typer.Option(help="help_agency")] = None,
) -> None:
    """Make a key and print its secret, once. A wall needs `--role viewer`."""

    async def work(connection: AsyncConnection) -> tuple[ApiKey, str]:
        now = utc_now()
        key, secret = await keys.issue(connection, keys.NewKey(name, tuple(role), agency), BY, now)
        await write_down(connection, Deed(at=now, by=BY, action="key.made", subject=key.id, detail=keys.told(key)))
        return key, secret

    key, secret = in_database(work)
    tell(say("key_made", id=key.id))
    print(secret)


@app.add("revoke", help="help_keys_revoke")
def revoke(key_id: Annotated[str, typer.Argument(help="help_keys_id")]) -> None:
    """End a key: what uses it is refused within seconds."""

    async def work(connection: AsyncConnection) -> ApiKey:
        now = utc_now()
        key = await keys.revoke(connection, key_id, BY, now)
        detail = {"name": key.name}
        await write_down(connection, Deed(at=now, by=BY, action="key.revoked", subject=key.id, detail=detail))
        return key

    tell(say("key_revoked", id=in_database(work).id))
