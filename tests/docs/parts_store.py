"""The tables of the state, the exit codes and the errors behind them."""

from __future__ import annotations

import inspect

from kaa_bridge import errors as module
from kaa_bridge.errors import SEVERITY, ExitCode, KaaError
from kaa_bridge.store.tables import metadata
from tests.docs.markdown import doc, opening, table

MEANINGS = {
    ExitCode.DONE: ("done", "Nothing; remarks are possible."),
    ExitCode.FAILED: ("failed", "Read the message: the state cannot be used, or kaa-bridge met a fault of its own."),
    ExitCode.USAGE: ("wrong usage", "Correct the command, or the file given to it."),
    ExitCode.CONFIGURATION: (
        "configuration invalid",
        "Correct configuration, mapping, secret or certificate; `kaa-bridge check`.",
    ),
    ExitCode.UNREACHABLE: (
        "a system is unreachable, the rest is done",
        "Wait for the next night, or look at the system.",
    ),
    ExitCode.GUARD: ("a guard holds", "A person looks and decides: `kaa-bridge hold list`."),
    ExitCode.ATTENTION: (
        "done, but something is quarantined or in doubt",
        "What the night names: `kaa-bridge quarantine list`, `kaa-bridge outbox list`, or a mapping to correct.",
    ),
    ExitCode.LOCKED: ("another run holds the lock", "Wait for it."),
}


def exit_codes() -> str:
    """Return the codes, the mildest first."""
    rows = [(f"`{int(code)}`", *MEANINGS[code]) for code in SEVERITY]
    return table(("code", "meaning", "what to do"), rows)


def errors() -> str:
    """Return the branches of errors and their exit codes."""
    kinds = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, KaaError)]
    kinds = [kind for kind in kinds if kind is not KaaError]
    kinds.sort(key=lambda kind: (SEVERITY.index(kind.exit_code), kind.__name__))
    return table(
        ("error", "exit code", "meaning"),
        [(f"`{kind.__name__}`", f"`{int(kind.exit_code)}`", opening(doc(kind))) for kind in kinds],
    )


def tables() -> str:
    """Return one section for each table."""
    blocks = []
    for found in metadata.tables.values():
        rows = []
        for column in found.columns:
            points_at = [key.target_fullname for key in column.foreign_keys]
            marks = ["key"] if column.primary_key else []
            marks += [f"points at `{target}`" for target in points_at]
            marks += [] if column.nullable or column.primary_key else ["always there"]
            kind = str(column.type).lower()
            rows.append((f"`{column.name}`", kind, ", ".join(marks)))
        blocks.append(f"### `{found.name}`\n\n{found.comment}\n\n" + table(("column", "type", ""), rows))
    return "\n\n".join(blocks)
