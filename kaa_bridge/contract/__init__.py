"""What an adapter and a journal must be: hook specifications, contracts, capabilities, errors.

Everything a plugin author imports stands here.
"""

from kaa_bridge.contract.hookspecs import GROUP, JournalFactory, SourceFactory, hookimpl, hookspec
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
    "Found",
    "Journal",
    "JournalContext",
    "JournalDescription",
    "JournalFactory",
    "JournalLevel",
    "NoteKind",
    "Page",
    "Proof",
    "PullKind",
    "PullRequest",
    "Receipt",
    "Source",
    "SourceContext",
    "SourceDescription",
    "SourceFactory",
    "hookimpl",
    "hookspec",
]
