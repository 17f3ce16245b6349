"""The harness finds every step by itself: no statement, rename or connection but between two points."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kaa_bridge.store import sqlite
from kaa_bridge.store.engine import StoreKind
from tests.fault.bench import Bench
from tests.fault.points import Points
from tests.fault.world_process import WorldProcess
from tests.store.support import KINDS, postgresql_answers

_OPENING = (
    "PRAGMA",
    "SELECT count(*) FROM sqlite_master",
    "select pg_catalog.version",
    "select current_schema",
    "show ",
    "Composed([SQL('SELECT\\n    typname AS name",
)
"""What drivers say by themselves when a connection opens, before anything of the night."""


class Watch(Points):
    """Notes what the drivers and the system are asked to do outside the points."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = 0
        self.missed: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()

    def __call__(self, name: str) -> None:
        if name.startswith("sql:"):
            self.inside += 1 if name.endswith(":before") else -1
        super().__call__(name)

    def statement(self, text: str) -> None:
        self.steps["statement"] += 1
        if not self.inside and not text.startswith(_OPENING):
            self.missed[text[:60]] += 1

    def event(self, name: str, _args: object) -> None:
        if name in {"os.rename", "socket.connect"}:
            self.steps[name] += 1

    def watch(self) -> None:
        super().watch()
        usual = sqlite.connect

        def traced(*args: Any, **given: Any) -> Any:
            connection = usual(*args, **given)
            connection.set_trace_callback(self.statement)
            return connection

        sqlite.connect = traced
        for name in ("execute", "executemany"):
            _tell(psycopg.Cursor, name, lambda _cursor, text, *_: self.statement(str(text)))
        _tell(psycopg.Connection, "commit", lambda *_: self.statement("COMMIT"))
        sys.addaudithook(self.event)

    def as_dict(self) -> dict[str, Any]:
        told = Counter(name.split(":")[0] for name in self.names if name.endswith(":before"))
        told["socket.connect"] = self.names.count("socket:connect:before")
        told["os.rename"] = self.names.count("rename:before")
        return {"missed": self.missed, "steps": self.steps, "points": told}


def _tell(owner: Any, name: str, told: Callable[..., None]) -> None:
    inner = getattr(owner, name)

    def wrapped(*args: Any, **given: Any) -> Any:
        told(*args)
        return inner(*args, **given)

    setattr(owner, name, wrapped)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scenario", ["night", "recovery"])
def test_every_step_of_a_night_lies_between_two_points(tmp_path: Path, kind: StoreKind, scenario: str) -> None:
    if kind is StoreKind.POSTGRESQL and not postgresql_answers():
        pytest.skip("PostgreSQL does not answer on 127.0.0.1:5432")
    told = tmp_path / "told"
    with WorldProcess(tmp_path / "world") as world:
        bench = Bench(tmp_path / "bench", kind, world)
        try:
            bench.begin(scenario)

            def work() -> int:
                watch = Watch()
                code = bench.run(scenario, watch)
                told.write_text(json.dumps(watch.as_dict()))
                return code

            assert bench.child(work) in {0, 6}
        finally:
            bench.close()
    found = json.loads(told.read_text())
    assert found["missed"] == {}
    assert found["steps"]["statement"] > 100
    assert found["points"]["sql"] > 100
    assert found["points"]["os.rename"] == found["steps"]["os.rename"] > 0
    assert found["points"]["socket.connect"] == found["steps"]["socket.connect"] >= 10
