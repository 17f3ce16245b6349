"""Health as a file for Prometheus' text collector: counts by municipality, source and note state; never a person.

The format is Prometheus' text exposition format 0.0.4. The labels are codes and configured names, so that the number of
series is known beforehand. The file is replaced in one step: a collector never reads half of it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from kaa_bridge.errors import InputRefused

NOTE_STATES = ("PLANNED", "INTENT", "CONFIRMED", "REFUSED", "IN_DOUBT", "QUARANTINED", "SUPERSEDED", "HELD")
_SOURCE_STATES = ("ok", "unproven", "frozen", "held", "failed")
_Sample = tuple[Mapping[str, str], float]


def metrics_text(found: Iterable[Mapping[str, Any]], beat: Mapping[str, Any] | None) -> str:
    """Return the text for the health of some municipalities and the daemon's heartbeat."""
    return "".join(f"{line}\n" for name, help_text, samples in _families(list(found), beat) for line in
                   _family(name, help_text, samples))  # fmt: skip


def write_metrics(path: Path, text: str) -> None:
    """Replace the file in one step; anyone may read it (mode 0644), since the collector is another user.

    Raises:
        InputRefused: the folder does not exist or cannot be written.
    """
    half = None
    try:
        descriptor, half = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(half, 0o644)
        os.replace(half, path)
    except OSError as error:
        if half is not None:
            with suppress(OSError):
                os.unlink(half)
        raise InputRefused(
            "metrics_unwritable",
            f"The metrics were not written to {path} ({error.strerror}).",
            remedy="Name a file in a folder that exists and that the user of kaa-bridge may write "
            "(node_exporter: its --collector.textfile.directory).",
        ) from None


def _families(
    found: list[Mapping[str, Any]], beat: Mapping[str, Any] | None
) -> Iterator[tuple[str, str, list[_Sample]]]:
    def of(key: str) -> list[_Sample]:
        return [({"municipality": one["municipality"]}, one[key]) for one in found if one.get(key) is not None]

    nights = [(one["municipality"], one["last_night"]) for one in found if one.get("last_night")]
    yield "health_exit_code", "What kaa-bridge status ends with for the municipality.", of("exit_code")
    yield (
        "last_night_exit_code",
        "Exit code of the last night.",
        [({"municipality": code}, night["exit_code"]) for code, night in nights if night["exit_code"] is not None],
    )
    yield (
        "last_night_start_timestamp_seconds",
        "When the last night began.",
        [({"municipality": code}, datetime.fromisoformat(night["started_at"]).timestamp()) for code, night in nights],
    )
    yield "source_state", "1 for the state that the last night left a source in.", [
        ({"municipality": code, "source": name, "state": state}, float(state == now))
        for code, night in nights for name, now in night["sources"].items() for state in _SOURCE_STATES
    ]  # fmt: skip
    yield "notes", "Notes by state.", [
        ({"municipality": one["municipality"], "state": state.lower()}, one["notes"].get(state, 0))
        for one in found if "notes" in one for state in NOTE_STATES
    ]  # fmt: skip
    yield "open_holds", "Guards that wait for a person.", of("open_holds")
    yield "quarantined_records", "Records that wait for a person.", of("quarantined")
    if beat and "at" in beat:
        seen = datetime.fromisoformat(beat["at"]).timestamp()
        yield "daemon_heartbeat_timestamp_seconds", "When the daemon last showed that it lives.", [({}, seen)]


def _family(name: str, help_text: str, samples: list[_Sample]) -> Iterator[str]:
    if not samples:
        return
    yield f"# HELP kaa_bridge_{name} {help_text}"
    yield f"# TYPE kaa_bridge_{name} gauge"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"kaa_bridge_{name}{{{inside}}} {float(value)!r}" if inside else f"kaa_bridge_{name} {float(value)!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
