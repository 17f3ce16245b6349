"""What an adapter and a journal must be: hook specifications, contracts, capabilities, errors.

Everything a plugin author imports stands here.
"""

from kaa_bridge.contract.deferred import deferred
from kaa_bridge.contract.handed import HandedFile, HandedRow
from kaa_bridge.contract.hookspecs import (
    GROUP,
    ColumnMaker,
    FileTableMaker,
    JournalFactory,
    SectionMaker,
    SourceFactory,
    TableMaker,
    hookimpl,
    hookspec,
)
from kaa_bridge.contract.journal import (
    CaseNote,
    Found,
    Journal,
    JournalContext,
    JournalDescription,
    JournalLevel,
    NoteKind,
    Receipt,
)
from kaa_bridge.contract.predicates import Predicate, Situation
from kaa_bridge.contract.source import (
    BlackoutWindow,
    CheckResult,
    Page,
    Proof,
    PullKind,
    PullRequest,
    Source,
    SourceContext,
    SourceDescription,
)

__all__ = [
    "GROUP",
    "BlackoutWindow",
    "CaseNote",
    "CheckResult",
    "ColumnMaker",
    "FileTableMaker",
    "Found",
    "HandedFile",
    "HandedRow",
    "Journal",
    "JournalContext",
    "JournalDescription",
    "JournalFactory",
    "JournalLevel",
    "NoteKind",
    "Page",
    "Predicate",
    "Proof",
    "PullKind",
    "PullRequest",
    "Receipt",
    "SectionMaker",
    "Situation",
    "Source",
    "SourceContext",
    "SourceDescription",
    "SourceFactory",
    "TableMaker",
    "deferred",
    "hookimpl",
    "hookspec",
]
