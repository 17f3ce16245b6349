"""The lists that municipal plugins make of the register, for meetings; the protected never reach a plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from kaa_bridge.domain.facts import Youth
from kaa_bridge.errors import InputRefused, KaaError, PluginFailed
from kaa_bridge.host import PluginHost
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows
from kaa_bridge.store.youths import read_youths
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.decide import decide_one
from kaa_bridge.sync.view import rules_on


def plugin_table(connection: Connection, bridge: Bridge, as_of: date, name: str) -> list[list[str]]:
    """Return the table that a plugin makes of everyone on the register on the day; its first row is the header.

    Raises:
        InputRefused: no loaded plugin adds a table of that name.
        PluginFailed: the plugin raised, or what it made is no table.
    """
    make = maker(bridge.host, "kaa_tables", name)
    youths = list(registered(connection, bridge, as_of))
    return made_table(name, lambda: make(youths, as_of))


def maker(host: PluginHost, hook: str, name: str) -> Callable[..., Sequence[Sequence[str]]]:
    """Return what makes a table.

    Raises:
        InputRefused: no loaded plugin adds a table of that name through the hook.
    """
    makers = host.added(hook)
    if name in makers:
        found: Callable[..., Sequence[Sequence[str]]] = makers[name]
        return found
    for other, remedy in _OTHER.items():
        if name in host.added(other):
            raise InputRefused("table_input", f"The table '{name}' {remedy[0]}; nothing was written.", remedy=remedy[1])
    known = ", ".join(sorted(makers)) or "none"
    raise InputRefused(
        "table_unknown",
        f"No loaded plugin makes a table '{name}' (known: {known}); nothing was written.",
        remedy="Run 'kaa-bridge plugins list' to see what is installed, allowed and failed.",
    )


_OTHER = {
    "kaa_file_tables": ("is made of a file", "Add --input FILE."),
    "kaa_tables": ("is made of the register, not of a file", "Leave out --input and --settings."),
}
"""Where a table is found that was asked for in the other way: what it is made of, and what to do."""


def made_table(name: str, make: Callable[[], Sequence[Sequence[str]]]) -> list[list[str]]:
    """Return what a plugin makes.

    Raises:
        KaaError: the plugin refused its settings or the file.
        PluginFailed: the plugin raised anything else, or what it made is no table.
    """
    try:
        return _checked(make())
    except KaaError:
        raise
    except Exception as error:
        raise PluginFailed(
            "table_failed",
            f"The plugin that makes the table '{name}' failed ({type(error).__name__}); nothing was written.",
            remedy="Run 'kaa-bridge plugins list' and tell the plugin's author.",
            system=name,
        ) from None


def registered(connection: Connection, bridge: Bridge, as_of: date) -> Iterator[Youth]:
    """Yield everyone on the register who is not protected, with their handle as reference, in order of handle."""
    rules = rules_on(connection, bridge, as_of)
    found = rows(connection, "SELECT id FROM youth WHERE registered_on IS NOT NULL ORDER BY handle")
    for state, words in read_youths(connection, [youth_id for (youth_id,) in found]):
        youth = decide_one(state, words, rules).merged.youth
        if not youth.protection.is_protected:
            yield youth


def _checked(table: Sequence[Sequence[str]]) -> list[list[str]]:
    made = [[str(cell) for cell in row] for row in table]
    if not made or any(len(row) != len(made[0]) for row in made):
        raise ValueError
    return made
