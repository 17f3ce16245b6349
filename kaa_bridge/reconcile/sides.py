"""Which two sources are compared, for which days, on what grounds: the head of the report."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from kaa_bridge.config import SourceTable
from kaa_bridge.contract import BlackoutWindow
from kaa_bridge.errors import ConfigurationInvalid, InputRefused
from kaa_bridge.reconcile.model import Freeze, Head
from kaa_bridge.report.basis import Basis, make_basis
from kaa_bridge.store.connection import Connection
from kaa_bridge.sync.bridge import Bridge

USUAL_LEFT, USUAL_RIGHT = "oedb", "ist"
"""What is compared unless told otherwise: names of sources, else of their adapters."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the year of the freeze, the day, and the sources by configured name (``None``: the usual)."""

    year: int
    as_of: date
    left: str | None = None
    right: str | None = None


def make_head(connection: Connection, bridge: Bridge, question: Question) -> Head:
    """Return the head of the report.

    Raises:
        InputRefused: a source is not configured, both are the same, or one was never read.
        ConfigurationInvalid: no window says when the left source is not updated.
    """
    left = _chosen(bridge, question.left, USUAL_LEFT, "--left")
    right = _chosen(bridge, question.right, USUAL_RIGHT, "--right")
    if left.name == right.name:
        raise InputRefused(
            "reconcile_same",
            f"'{left.name}' would be compared with itself; nothing was compared.",
            remedy="Name two sources with --left and --right.",
        )
    basis = make_basis(connection, bridge, question.as_of)
    read = {state.name: state for state in basis.sources}
    for table in (left, right):
        if read[table.name].pulled_on is None:
            raise InputRefused(
                "reconcile_never_read",
                f"'{table.name}' has never been read whole in a night; nothing was compared.",
                remedy=f"kaa-bridge run --municipality {bridge.code}",
                system=table.name,
            )
    freeze, frozen = _freeze(bridge, (left, right), question.year)
    return Head(
        **{one.name: getattr(basis, one.name) for one in fields(Basis)},
        year=question.year,
        freeze=freeze,
        frozen=read[frozen],
        left=read[left.name],
        right=read[right.name],
    )


def _chosen(bridge: Bridge, asked: str | None, usual: str, option: str) -> SourceTable:
    tables = bridge.table.source
    named = [table for table in tables if table.name == (asked or usual)]
    if not named and asked is None:
        named = [table for table in tables if table.adapter == usual]
    if len(named) == 1:
        return named[0]
    raise InputRefused(
        "reconcile_source",
        f"'{asked or usual}' names {'no' if not named else 'more than one'} configured source; nothing was compared.",
        remedy=f"Add {option} with one of: {', '.join(table.name for table in tables)}.",
    )


def _freeze(bridge: Bridge, tables: tuple[SourceTable, SourceTable], year: int) -> tuple[Freeze, str]:
    """Return the freeze and the name of the source it is of: the left one, else the right one, else any other's."""
    for table in (*tables, *(other for other in bridge.table.source if other not in tables)):
        windows = [window for feed in bridge.feeds if feed.name == table.name for window in feed.blackouts]
        if windows:
            return _in_year(windows[0], year), table.name
        if table.name in bridge.broken:
            raise bridge.broken[table.name]
    left = tables[0].name
    raise ConfigurationInvalid(
        "reconcile_no_freeze",
        f"Nothing says in which days '{left}' or any other source is not updated; nothing was compared.",
        remedy=f'Give the source {left} blackout = ["06-01/08-31"] in kaa-bridge.toml.',
        system=left,
    )


def _in_year(window: BlackoutWindow, year: int) -> Freeze:
    crosses = window.first > window.last
    return Freeze(date(year, *window.first), date(year + crosses, *window.last))
