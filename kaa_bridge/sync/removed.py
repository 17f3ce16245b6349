"""Sources whose records are kept although the configuration has them no more: taken out, or renamed."""

from __future__ import annotations

from kaa_bridge.config import MunicipalityTable
from kaa_bridge.store import runs
from kaa_bridge.store.connection import Connection


def removed_sources(connection: Connection, table: MunicipalityTable) -> dict[str, int]:
    """Return the sources that are neither configured nor retired and of which present records are kept, with how many.

    They prove nothing and decide nothing; whom they alone kept out is to be investigated until a person has said what
    became of them.
    """
    expected = {*table.ranked_names(), *table.retired}
    missing = {source_id: name for source_id, name in runs.source_names(connection).items() if name not in expected}
    counted = runs.present_records(connection, sorted(missing))
    return {missing[source_id]: count for source_id, count in sorted(counted.items())}


def removed_text(name: str, records: int) -> str:
    """Say what a removed source means, in one sentence."""
    return (
        f"The source '{name}' is configured no more, but {records} of its records are kept: they count for nobody, and "
        "whom they alone kept out is to be investigated."
    )


def removed_remedy(name: str) -> str:
    """Say what to do about it."""
    return (
        f'Put it back under the same name, or, when it is gone for good or has another name: retired = ["{name}"] in '
        "the municipality's table of kaa-bridge.toml."
    )
