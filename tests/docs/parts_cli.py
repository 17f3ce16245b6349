"""The commands, by walking the command line itself."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kaa_bridge.cli import root
from tests.docs.markdown import table


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with its path below ``kaa-bridge``, the root first."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from walk(inner, (*path, name))


def commands() -> str:
    """Return one section for each command."""
    return "\n\n".join(_section(path, command) for path, command in walk(root))


def _section(path: tuple[str, ...], command: click.Command) -> str:
    name = " ".join(("kaa-bridge", *path))
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f"{'#' * min(len(path) + 2, 4)} `{name}`", _help(command), f"```\n{name} {usage}\n```"]
    rows = [_row(parameter, context) for parameter in command.params if isinstance(parameter, click.Option)]
    if rows:
        parts.append(table(("option", "value", "default", "meaning"), rows))
    return "\n\n".join(part for part in parts if part)


def _help(command: click.Command) -> str:
    paragraphs = (command.help or "").split("\n\n")
    return "\n\n".join(" ".join(one.split()) for one in paragraphs)


def _row(option: click.Option, context: click.Context) -> tuple[str, str, str, str]:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    return names, _value(option, context), _default(option), option.help or ""


def _value(option: click.Option, context: click.Context) -> str:
    if option.is_flag or option.count:
        return ""
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in option.type.choices)
    return f"`{option.make_metavar(context)}`"


def _default(option: click.Option) -> str:
    if option.required:
        return "required"
    shown = option.show_default and not option.is_flag
    return f"`{option.default}`" if shown and option.default not in (None, "") else ""
