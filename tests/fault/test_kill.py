"""The harness itself, small: it runs clean, and it catches what is known to be wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fault.bench import STORES
from tests.fault.trials import chosen
from tests.fault.verify import verify
from tests.store.support import postgresql_answers

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_few_points_of_every_store_and_scenario() -> None:
    stores = [name for name in STORES if name != "postgresql" or postgresql_answers()]
    command = [sys.executable, "-m", "tests.fault.kill", "--points", str(5 * len(stores)), "--json"]
    for name in stores:
        command += ["--store", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert (found["duplicates"], found["lost"], found["violations"]) == (0, 0, []), done.stderr
    assert found["points"] == 5 * len(stores)
    assert found["controls"] == found["controls_caught"] == 5
    assert done.returncode == 0


def test_chosen_points_are_spread_from_first_to_last() -> None:
    assert chosen(5, 99) == [1, 2, 3, 4, 5]
    assert chosen(100, 5) == [1, 26, 51, 75, 100]
    assert chosen(100, 1) == [1]
    assert chosen(100, 0) == []


def _note(reference: str, state: str) -> dict[str, object]:
    return {"line": "note", "reference": reference, "state": state}


def _change(reference: str, before: str | None, after: str) -> dict[str, object]:
    return {"line": "change", "reference": reference, "before": before, "after": after}


SENT = [_change("A", None, "PLANNED"), _change("A", "PLANNED", "INTENT"), _change("A", "INTENT", "CONFIRMED")]
GOOD = ([{"reference": "A", "text": "t"}], [_note("A", "CONFIRMED"), *SENT])
BAD = {
    "double": ([*GOOD[0], *GOOD[0]], GOOD[1]),
    "lost": ([], [_note("A", "PLANNED"), SENT[0]]),
    "confirmed but not there": ([], GOOD[1]),
    "other text": ([{"reference": "A", "text": "u"}], GOOD[1]),
    "more than asked for": ([*GOOD[0], {"reference": "B", "text": "t"}], GOOD[1]),
    "without intent": (GOOD[0], [_note("A", "CONFIRMED"), SENT[0], _change("A", "PLANNED", "CONFIRMED")]),
    "broken chain": (GOOD[0], [_note("A", "CONFIRMED"), SENT[0], SENT[2]]),
    "books end elsewhere": (GOOD[0], [_note("A", "REFUSED"), *SENT]),
    "left in intent": (GOOD[0], [_note("A", "INTENT"), *SENT[:2]]),
}


@pytest.mark.parametrize("name", ["good", *BAD])
def test_the_verifier_sees_each_thing_that_can_be_wrong(tmp_path: Path, name: str) -> None:
    journal, export = GOOD if name == "good" else BAD[name]
    (tmp_path / "notes").write_text("".join(json.dumps(line) + "\n" for line in journal))
    (tmp_path / "export").write_text("".join(json.dumps(line) + "\n" for line in export))
    assert verify(tmp_path / "notes", tmp_path / "export", {"A": "t"}).is_clean == (name == "good")
