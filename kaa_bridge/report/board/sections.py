"""The sections that municipal plugins add to the nämnd report: counts of the register on the day, small ones hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kaa_bridge.contract import SectionMaker
from kaa_bridge.domain.facts import Youth
from kaa_bridge.log import log
from kaa_bridge.report.suppress import Sum, hidden_cells
from kaa_bridge.store.connection import Connection
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.plugin_tables import registered

_TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Section:
    """One section: heading, and label to how many youths, ``None`` where the number is not shown.

    Attributes:
        counts: ``None`` when the plugin failed.
    """

    heading: str
    counts: Mapping[str, int | None] | None


def plugin_sections(connection: Connection, bridge: Bridge, as_of: date) -> tuple[Section, ...]:
    """Return the sections of all loaded plugins that have something to say of this municipality, by heading.

    A plugin that fails costs its own section only.
    """
    makers: Mapping[str, SectionMaker] = bridge.host.added("kaa_report_sections")
    if not makers:
        return ()
    youths = tuple(registered(connection, bridge, as_of))
    made = [_section(heading, make, youths, as_of) for heading, make in sorted(makers.items())]
    return tuple(one for one in made if one.counts is None or one.counts)


def _section(heading: str, make: SectionMaker, youths: Sequence[Youth], as_of: date) -> Section:
    try:
        counts = _checked(make(youths, as_of), len(youths))
    except Exception as error:  # a plugin's fault costs its own section, never the report
        log.warning("report section failed", code=type(error).__name__)
        return Section(heading, None)
    return Section(heading, shown(counts, len(youths)))


def _checked(counts: Mapping[str, int], total: int) -> dict[str, int]:
    made = {str(label): int(count) for label, count in counts.items()}
    if any(not 0 <= count <= total for count in made.values()):
        raise ValueError
    return made


def shown(counts: Mapping[str, int], total: int) -> dict[str, int | None]:
    """Return the counts without those that are, or would tell, a number from one to four.

    The register's own total is known to the reader, so how many are *not* counted counts too; and where the labels
    together make the total they are taken for its parts. Where only hiding the total would do, no count is shown.
    """
    rest = {label: f"not {label}" for label in counts}
    cells = {_TOTAL: total, **counts, **{rest[label]: total - count for label, count in counts.items()}}
    sums = [Sum(_TOTAL, (label, rest[label])) for label in counts]
    if sum(counts.values()) == total:
        sums.append(Sum(_TOTAL, tuple(counts)))
    hidden = hidden_cells(cells, sums, {_TOTAL: 1})
    return {label: None if {label, _TOTAL} & hidden else count for label, count in counts.items()}
