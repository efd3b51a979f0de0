"""`soc users`: people and roles."""

from typing import Annotated

import typer
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.embedded.credentials import hashed
from infra.postgres.tables import sessions, users
from schemas.errors import Conflict, Invalid, Unknown
from services.cli.database import in_database

ROLES = ("admin", "supervisor", "operator", "viewer")
SHORTEST_PASSWORD = 10
Name = Annotated[str, typer.Argument(help="Name of the user.")]
Password = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="At least 10 characters.")
]

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="People who may sign in."
)


def _checked(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"a password has at least {SHORTEST_PASSWORD} characters", field="password")
    return hashed(password)


@app.command("list")
def list_users() -> None:
    """List users with role, agency and whether they are disabled."""

    async def work(connection: AsyncConnection) -> list[str]:
        rows = await connection.execute(select(users).order_by(users.c.name))
        return [
            f"{row.name:20} {row.role:12} {row.agency or '-':16} {'disabled' if row.disabled_at else ''}"
            for row in rows
        ]

    for line in in_database(work):
        print(line.rstrip())


@app.command()
def add(name: Name, role: Annotated[str, typer.Option(help=", ".join(ROLES))], password: Password) -> None:
    """Add a user."""
    if role not in ROLES:
        raise Invalid(f"{role!r} is none of {', '.join(ROLES)}", field="role")
    row = {"name": name, "role": role, "password_hash": _checked(password), "created_at": utc_now()}

    async def work(connection: AsyncConnection) -> None:
        try:
            await connection.execute(insert(users).values(**row))
        except IntegrityError:
            raise Conflict(f"there is a user {name} already") from None

    in_database(work)
    print(f"added {name} as {role}")


@app.command()
def disable(name: Name) -> None:
    """Disable a user and end all sessions of theirs."""
    _change(name, {"disabled_at": utc_now()})
    print(f"disabled {name}")


@app.command()
def password(name: Name, password: Password) -> None:
    """Set a new password, enable the user again and end all sessions of theirs."""
    _change(name, {"password_hash": _checked(password), "disabled_at": None})
    print(f"new password for {name}")


def _change(name: str, values: dict[str, object]) -> None:
    async def work(connection: AsyncConnection) -> None:
        done = await connection.execute(update(users).where(users.c.name == name).values(**values))
        if done.rowcount == 0:
            raise Unknown(f"there is no user {name}")
        await connection.execute(sessions.delete().where(sessions.c.user_name == name))

    in_database(work)
