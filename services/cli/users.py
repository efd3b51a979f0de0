"""`soc users`: people and roles."""

import sys
from typing import Annotated

import msgspec
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.embedded.credentials import hashed
from infra.postgres import users
from infra.postgres.audit import Deed, write_down
from infra.postgres.users import ROLES, NewUser, User, UserChange, checked_password
from infra.terminal import spoken, tell
from schemas.errors import Invalid
from schemas.sentences import say
from services.cli.database import BY, in_database, running
from services.cli.spoken import App

Name = Annotated[str, typer.Argument(help="help_users_name")]
Password = Annotated[str | None, typer.Option(help="help_users_password_option")]
Agency = Annotated[str | None, typer.Option(help="help_agency")]

app = App("help_users")


@app.add("list", help="help_users_list")
def list_users() -> None:
    """List users with role, agency and whether they are disabled."""

    async def work(connection: AsyncConnection) -> list[User]:
        return await users.listed(connection, utc_now())

    for one in in_database(work):
        off = spoken(say("user_off")) if one.disabled_at else ""
        print(f"{one.name:20} {one.role:12} {one.agency or '-':16} {off}".rstrip())


@app.add("add", help="help_users_add")
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="help_users_role_option")],
    password: Password = None,
    agency: Agency = None,
) -> None:
    """Add a user."""
    if role not in ROLES:
        raise Invalid(say("value_none_of", value=role, known=", ".join(ROLES)), field="--role")
    wish = NewUser(name=name, role=role, agency=agency, password=password or _asked())
    password_hash, now = hashed(checked_password(wish.password)), utc_now()

    async def work(connection: AsyncConnection) -> None:
        await users.add(connection, wish, password_hash, now)
        detail = {"role": role, "agency": agency}
        await write_down(connection, Deed(at=now, by=BY, action="user.added", subject=name, detail=detail))

    in_database(work)
    tell(say("user_added", name=name, role=role))


@app.add("disable", help="help_users_disable")
def disable(name: Name) -> None:
    """Disable a user and end all sessions of theirs."""
    _change(name, UserChange(enabled=False))
    tell(say("user_disabled", name=name))


@app.add("role", help="help_users_role")
def role(name: Name, role: Annotated[str, typer.Argument(help="help_users_role_option")]) -> None:
    """Give a user another role and end all sessions of theirs."""
    _change(name, UserChange(role=role))
    tell(say("user_has_role", name=name, role=role))


@app.add("password", help="help_users_password")
def password(name: Name, password: Password = None) -> None:
    """Set a new password, enable the user again and end all sessions of theirs."""
    _change(name, UserChange(enabled=True, password=password or _asked()))
    tell(say("user_password_new", name=name))


def _asked() -> str:
    """A password that was typed twice the same; without a terminal the next line. Raises Abort, or Invalid for none."""
    running()  # nobody shall think of a password for nothing
    if not sys.stdin.isatty():
        if not (line := sys.stdin.readline().rstrip("\r\n")):
            raise Invalid(say("required"), field="--password")
        return line
    while True:
        first = typer.prompt(spoken(say("prompt_password")), hide_input=True, err=True)
        if first == typer.prompt(spoken(say("prompt_again")), hide_input=True, err=True):
            return str(first)
        tell(say("passwords_differ"), aside=True)


def _change(name: str, wish: UserChange) -> None:
    password_hash = None if wish.password is msgspec.UNSET else hashed(checked_password(wish.password))

    async def work(connection: AsyncConnection) -> None:
        now = utc_now()
        await users.change(connection, name, wish, password_hash, now)
        await write_down(connection, Deed(at=now, by=BY, action="user.changed", subject=name, detail=users.told(wish)))

    in_database(work)
