"""Commands that speak the language of who types them: help by code, and the words of the library that draws it."""

from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from infra.terminal import spoken
from schemas.sentences import TEXTS, say

Function = TypeVar("Function", bound=Callable[..., Any])


class Command(TyperCommand):
    """One command; its help and those of its options and arguments are codes of sentences."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Raises TyperException, which knows by `ctx` of which command it is."""
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def get_usage(self, ctx: Any) -> str:
        """The line of use, as the library has it."""
        return _usage(super().get_usage(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Draws the help in the language of who asks."""
        _put_into_words(self, ctx)
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """Commands of one kind."""

    def get_usage(self, ctx: Any) -> str:
        """The line of use, as the library has it."""
        return _usage(super().get_usage(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Draws the help in the language of who asks."""
        for one in (self, *self.commands.values()):
            _put_into_words(one, ctx)
        super().format_help(ctx, formatter)


class App(typer.Typer):
    """A command of `soc`, or a group of them if it has a help of its own."""

    def __init__(self, help: str | None = None) -> None:
        """`help` is the code of a sentence."""
        grouped = help is not None
        super().__init__(
            cls=Group, help=help, no_args_is_help=grouped, add_completion=False, pretty_exceptions_enable=False
        )

    def add(self, name: str, *, help: str, **settings: Any) -> Callable[[Function], Function]:
        """Makes a function the command `name`; `help` is the code of a sentence."""
        return self.command(name, cls=Command, help=help, **settings)


def run(app: App, arguments: list[str], name: str) -> int:
    """Runs what was typed after `name`; its exit code. Raises TyperException for what cannot be run, and Abort."""
    code = typer.main.get_command(app).main(arguments, prog_name=name, standalone_mode=False)
    return code if isinstance(code, int) else 0


def _usage(text: str) -> str:
    line = text.removeprefix("Usage: ").replace("[OPTIONS]", spoken(say("usage_options")))
    return spoken(say("usage_line", line=line.replace("COMMAND [ARGS]...", spoken(say("usage_command")))))


def _put_into_words(command: Any, ctx: Any) -> None:
    from typer import rich_utils  # here: it is needed for help only, and takes long to load

    command.help = _worded(command.help)
    for one in command.params:
        one.help = _worded(one.help)
    if (shown := command.get_help_option(ctx)) is not None:
        shown.help = spoken(say("help_help"))
    rich_utils.ARGUMENTS_PANEL_TITLE = spoken(say("title_arguments"))
    rich_utils.OPTIONS_PANEL_TITLE = spoken(say("title_options"))
    rich_utils.COMMANDS_PANEL_TITLE = spoken(say("title_commands"))
    rich_utils.REQUIRED_LONG_STRING = spoken(say("usage_required"))
    rich_utils.DEFAULT_STRING = spoken(say("usage_default", value="{}"))


def _worded(code: str | None) -> str:
    """The sentence of a code; what is none has been put into words before."""
    return spoken(say(code)) if code in TEXTS else code or ""
