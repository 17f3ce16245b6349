"""How tests make a Treserva journal against a simulated one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from kaa_bridge.contract import Journal, JournalContext
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_plugin_treserva import TreservaJournal

QUICK = {"connect_seconds": 1.0, "idle_seconds": 1.0, "total_seconds": 1.0, "attempts": 1}


def treserva(url: str, *, mapping: str = "treserva", base_dir: str = ".", **settings: Any) -> TreservaJournal:
    """Return the journal with limits of one second and the module of the simulated system."""
    return TreservaJournal(
        JournalContext(
            name="journal",
            municipality="2303",
            settings={"url": url, "module": "kaa", **QUICK, **settings},
            profile=load_mapping(mapping, base_dir=base_dir).profile,
            base_dir=base_dir,
        )
    )


def facts_of(
    journal: Journal, records: Iterable[bytes], mapping: str = "treserva", base_dir: str = "."
) -> list[tuple[str, RecordFacts]]:
    """Map raw event records as a night does: key and facts of each; nothing may be left unnamed."""
    mapper = compile_mapping(load_mapping(mapping, base_dir=base_dir), as_of=date(2026, 2, 1))
    found = []
    for record in records:
        raw = journal.parse_event(record)
        found.append((mapper.key(raw), mapper.map(raw).facts))
    assert mapper.unnamed() == {}
    return found
