"""`soc users`: people and roles."""

from typing import Annotated

import msgspec
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.embedded.credentials import hashed
from infra.postgres import users
from infra.postgres.audit import Deed, write_down
from infra.postgres.users import ROLES, NewUser, User, UserChange, checked_password
from services.cli.database import BY, in_database

Name = Annotated[str, typer.Argument(help="Name of the user.")]
Password = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="At least 10 characters.")
]
Agency = Annotated[str | None, typer.Option(help="Sees what names this agency only; default: the whole city.")]

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="People who may sign in."
)


@app.command("list")
def list_users() -> None:
    """List users with role, agency and whether they are disabled."""

    async def work(connection: AsyncConnection) -> list[User]:
        return await users.listed(connection, utc_now())

    for one in in_database(work):
        print(f"{one.name:20} {one.role:12} {one.agency or '-':16} {'disabled' if one.disabled_at else ''}".rstrip())


@app.command()
def add(
    name: Name, role: Annotated[str, typer.Option(help=", ".join(ROLES))], password: Password, agency: Agency = None
) -> None:
    """Add a user."""
    wish = NewUser(name=name, role=role, agency=agency, password=password)
    password_hash, now = hashed(checked_password(password)), utc_now()

    async def work(connection: AsyncConnection) -> None:
        await users.add(connection, wish, password_hash, now)
        detail = {"role": role, "agency": agency}
        await write_down(connection, Deed(at=now, by=BY, action="user.added", subject=name, detail=detail))

    in_database(work)
    print(f"added {name} as {role}")


@app.command()
def disable(name: Name) -> None:
    """Disable a user and end all sessions of theirs."""
    _change(name, UserChange(enabled=False))
    print(f"disabled {name}")


@app.command()
def role(name: Name, role: Annotated[str, typer.Argument(help=", ".join(ROLES))]) -> None:
    """Give a user another role and end all sessions of theirs."""
    _change(name, UserChange(role=role))
    print(f"{name} is {role}")


@app.command()
def password(name: Name, password: Password) -> None:
    """Set a new password, enable the user again and end all sessions of theirs."""
    _change(name, UserChange(enabled=True, password=password))
    print(f"new password for {name}")


def _change(name: str, wish: UserChange) -> None:
    password_hash = None if wish.password is msgspec.UNSET else hashed(checked_password(wish.password))

    async def work(connection: AsyncConnection) -> None:
        now = utc_now()
        await users.change(connection, name, wish, password_hash, now)
        await write_down(connection, Deed(at=now, by=BY, action="user.changed", subject=name, detail=users.told(wish)))

    in_database(work)
