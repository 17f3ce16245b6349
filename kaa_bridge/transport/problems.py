"""Every error this room raises: one table of code, what the caller does next, text and remedy.

``docs/reference/errors-transport.md`` is made from this table; a test holds the two together. Facts put into a text are
closed values (a host, a number, a setting's name): never a body, a query, a header value, a file's content or a person.
"""

from __future__ import annotations

from msgspec import Struct

from kaa_bridge.errors import (
    ConfigurationInvalid,
    InputRefused,
    KaaError,
    NoteInDoubt,
    NoteNotSent,
    SendingMisconfigured,
    Unreachable,
)
from kaa_bridge.transport.problem_texts import CONFIGURATION, INPUT, SEND, UNREACHABLE


class Problem(Struct, frozen=True):
    """One row: the code, the class of error raised, the text with its facts in braces, and the remedy."""

    code: str
    kind: type[KaaError]
    text: str
    remedy: str


def _rows(kind: type[KaaError], texts: dict[str, tuple[str, str]]) -> dict[str, Problem]:
    return {code: Problem(code, kind, text, remedy) for code, (text, remedy) in texts.items()}


PROBLEMS: dict[str, Problem] = {
    **_rows(ConfigurationInvalid, CONFIGURATION),
    **_rows(Unreachable, UNREACHABLE),
    **_rows(InputRefused, INPUT),
    **_rows(KaaError, SEND),
}
"""The whole table, by code."""

RETRIED = frozenset({"dns", "refused", "connect_timeout", "reset", "silent", "truncated"})
"""Codes after which a read is tried again; nothing else is, and a send never is."""


def problem(code: str, system: str | None = None, **facts: str | int) -> KaaError:
    """Make the error of a code; ``facts`` fill the braces of its text and remedy."""
    row = PROBLEMS[code]
    return row.kind(code, row.text.format(**facts), remedy=row.remedy.format(**facts), system=system)


def not_sent(cause: KaaError) -> NoteNotSent:
    """Turn an error met before the first byte of a send into the one that says so."""
    text = f"{_happened(cause)} No byte of the note was sent."
    kind = SendingMisconfigured if isinstance(cause, ConfigurationInvalid) else NoteNotSent
    return kind(cause.code, text, remedy=cause.remedy, system=cause.system)


def in_doubt(cause: KaaError) -> NoteInDoubt:
    """Turn an error met after the first byte of a send into the one that says so."""
    text = f"{_happened(cause)} The note may or may not have been stored; it is not sent again by itself."
    return NoteInDoubt(cause.code, text, remedy="kaa-bridge outbox list", system=cause.system)


def _happened(cause: KaaError) -> str:
    """Return what happened without what it meant for a read: the note's own fate is said in its place."""
    return cause.message.removesuffix(" Nothing was read.").removesuffix(" Nothing was sent.")


def markdown() -> str:
    """Return the reference page of every code, as ``docs/reference/errors-transport.md`` holds it."""
    lines = [_HEAD]
    for kind, meaning in _GROUPS.items():
        lines += [f"## {kind.__name__}: {meaning}", "", "| code | what happened | what to do |", "|---|---|---|"]
        rows = sorted((row for row in PROBLEMS.values() if row.kind is kind), key=lambda row: row.code)
        lines += [f"| `{row.code}` | {row.text} | {row.remedy} |" for row in rows]
        lines.append("")
    return "\n".join(lines)


_GROUPS: dict[type[KaaError], str] = {
    ConfigurationInvalid: "the administrator must correct something",
    Unreachable: "a system or sender did not answer usably; nothing is concluded from it",
    InputRefused: "a file cannot be used as it stands",
    KaaError: "only ever seen as NoteNotSent or NoteInDoubt",
}
_HEAD = f"""# Errors of the transport room

Made from `kaa_bridge/transport/problem_texts.py` by `kaa_bridge.transport.problems.markdown()`; a test holds the two
together. Braces stand for a host, a number, a file name or a setting: never a body, a query, a header or a person.

A read is tried again after {", ".join(f"`{code}`" for code in sorted(RETRIED))} and after the statuses 429, 502, 503
and 504; after nothing else. A send is never tried again. When it fails before its first byte it raises `NoteNotSent`,
when it fails later `NoteInDoubt`, in both cases with the code of the cause. A SOAP fault is a whole answer: it raises
`SoapFault`, whose `fault` the journal looks up in its list of refusals. A row of a table with other columns than its
header raises `RecordProblem` with the code `columns_differ`.
"""
