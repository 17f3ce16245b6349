"""The hooks of kaa-bridge: the whole of what a plugin may add.

A plugin is an importable module or package named under the entry-point group ``kaa_bridge``. It marks its functions
with ``@hookimpl`` from ``kaa_bridge.contract``. Few hooks, and each ships with a bundled plugin that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import pluggy

from kaa_bridge.contract.handed import HandedFile
from kaa_bridge.contract.journal import Journal, JournalContext
from kaa_bridge.contract.predicates import Predicate
from kaa_bridge.contract.source import Source, SourceContext
from kaa_bridge.domain.facts import Youth

GROUP = "kaa_bridge"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)

SourceFactory = Callable[[SourceContext], Source]
"""Makes a source from its context; raises ``ConfigurationInvalid`` when the settings or the profile are wrong."""
JournalFactory = Callable[[JournalContext], Journal]
"""Makes a journal from its context; raises ``ConfigurationInvalid`` when the settings or the profile are wrong."""

ColumnMaker = Callable[[Youth, date], str]
"""Makes a work-list cell of a youth's facts and the day. Pure. Never called for a protected youth."""
TableMaker = Callable[[Iterable[Youth], date], Sequence[Sequence[str]]]
"""Makes a table of the register on a day, its first row the header. Pure. Never given a protected youth."""
FileTableMaker = Callable[[HandedFile], Sequence[Sequence[str]]]
"""Makes a table of a file that somebody hands in, its first row the header. Pure. The file is never kept."""
SectionMaker = Callable[[Iterable[Youth], date], Mapping[str, int]]
"""Counts the register on a day: label (Swedish) to how many youths, in the order shown; empty where the section is not
for this municipality. Pure. Never given a protected youth. Small counts are hidden by the core, not by the plugin."""


@hookspec
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Return the kinds of source this plugin adds: adapter name (as in ``adapter = "…"``) to factory."""
    raise NotImplementedError


@hookspec
def kaa_journals() -> Mapping[str, JournalFactory]:
    """Return the kinds of journal this plugin adds: journal name (as in ``plugin = "…"``) to factory."""
    raise NotImplementedError


@hookspec
def kaa_predicates() -> Mapping[str, Predicate]:
    """Return the conditions this plugin adds for routine files: name to predicate; a built-in name cannot be taken."""
    raise NotImplementedError


@hookspec
def kaa_columns() -> Mapping[str, ColumnMaker]:
    """Return the columns this plugin adds to the work list: heading (Swedish) to what makes its cells."""
    raise NotImplementedError


@hookspec
def kaa_tables() -> Mapping[str, TableMaker]:
    """Return the lists this plugin makes of the register, for meetings: name (snake case) to what makes it."""
    raise NotImplementedError


@hookspec
def kaa_note_templates() -> Mapping[str, str]:
    """Return wordings this plugin has for notes: name to jinja2 text; a municipality chooses one for a kind of note.

    A wording prints what the bundled one of its kind prints (dates and closed vocabulary only), and may include it:
    ``{% include "registered.j2" %}``.
    """
    raise NotImplementedError


@hookspec
def kaa_report_sections() -> Mapping[str, SectionMaker]:
    """Return the sections this plugin adds to the nämnd report: heading (Swedish) to what counts its rows."""
    raise NotImplementedError


@hookspec
def kaa_file_tables() -> Mapping[str, FileTableMaker]:
    """Return the lists this plugin makes of a handed-in file: name (snake case) to what makes it."""
    raise NotImplementedError
