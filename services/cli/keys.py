"""`soc keys`: API keys of integrators and screens."""

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.postgres import keys
from infra.postgres.audit import Deed, write_down
from schemas.reference import ApiKey
from services.cli.database import BY, in_database

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="API keys of integrators and screens.",
)


@app.command("list")
def list_keys() -> None:
    """List keys with their roles and agencies; the secrets are nowhere."""
    for key in in_database(keys.issued):
        print(f"{key.id:16} {','.join(key.roles):24} {key.agency or '-':16} {key.name}".rstrip())


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who uses it.")],
    role: Annotated[list[str], typer.Option(help=", ".join(keys.ROLES) + "; may be given several times.")],
    agency: Annotated[
        str | None, typer.Option(help="Sees what names this agency only; default: the whole city.")
    ] = None,
) -> None:
    """Make a key and print its secret, once. A wall needs `--role viewer`."""

    async def work(connection: AsyncConnection) -> tuple[ApiKey, str]:
        now = utc_now()
        key, secret = await keys.issue(connection, keys.NewKey(name, tuple(role), agency), BY, now)
        await write_down(connection, Deed(at=now, by=BY, action="key.made", subject=key.id, detail=keys.told(key)))
        return key, secret

    key, secret = in_database(work)
    print(f"{key.id}: keep this now, it is not shown again\n{secret}")


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="Id of the key, see `soc keys list`.")]) -> None:
    """End a key: what uses it is refused within seconds."""

    async def work(connection: AsyncConnection) -> ApiKey:
        now = utc_now()
        key = await keys.revoke(connection, key_id, BY, now)
        detail = {"name": key.name}
        await write_down(connection, Deed(at=now, by=BY, action="key.revoked", subject=key.id, detail=detail))
        return key

    print(f"revoked {in_database(work).id}")
