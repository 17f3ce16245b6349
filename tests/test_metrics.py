"""The file for Prometheus: right by its format, complete or not there, and never a person in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kaa_bridge.errors import InputRefused
from kaa_bridge.metrics import metrics_text, write_metrics

NIGHT = {"run": 3, "date": "2026-02-02", "started_at": "2026-02-02T02:30:00Z", "ended_at": None, "exit_code": None,
         "sources": {"qore": "ok", 'o"d\\d': "failed"}}  # fmt: skip
FOUND = [
    {"municipality": "2303", "exit_code": 6, "last_night": NIGHT, "notes": {"CONFIRMED": 4}, "open_holds": 0,
     "quarantined": 2},
    {"municipality": "2326", "exit_code": 1, "problems": ["state_missing"]},
]  # fmt: skip
BEAT = {"at": "2026-02-02T02:31:00Z"}
SAMPLE = re.compile(
    r'kaa_bridge_[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\[\\n"])*"(,[a-z]+="(?:[^"\\\n]|\\[\\n"])*")*\})? [0-9.e+]+'
)


def test_every_line_is_of_the_exposition_format() -> None:
    text = metrics_text(FOUND, BEAT)
    assert text.endswith("\n")
    families: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            families += re.findall(r"^# TYPE (kaa_bridge_[a-z_]+) gauge$", line)
            assert line.startswith(("# HELP ", "# TYPE "))
        else:
            assert SAMPLE.fullmatch(line), line
            assert line.startswith(families[-1]), "samples stand below their own family"
    assert len(families) == len(set(families)) >= 7
    samples = [line.rsplit(" ", 1)[0] for line in text.splitlines() if not line.startswith("#")]
    assert len(samples) == len(set(samples)), "no sample comes twice"


def test_it_tells_what_status_tells() -> None:
    text = metrics_text(FOUND, BEAT)
    assert 'kaa_bridge_health_exit_code{municipality="2326"} 1.0' in text
    assert 'kaa_bridge_notes{municipality="2303",state="in_doubt"} 0.0' in text
    assert 'kaa_bridge_source_state{municipality="2303",source="qore",state="ok"} 1.0' in text
    assert "kaa_bridge_daemon_heartbeat_timestamp_seconds 1769999460.0" in text
    assert "last_night_exit_code" not in text, "a night that has not ended has no exit code"


def test_the_file_is_replaced_in_one_step_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "kaa.prom"
    for text in ("a 1\n", "b 2\n"):
        write_metrics(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as caught:
        write_metrics(tmp_path / "nowhere" / "kaa.prom", "a 1\n")
    assert caught.value.code == "metrics_unwritable"
