"""Every fault of the network where a night depends on a source: fetching a token, and pulling over SOAP and REST.

The fault lasts for a whole night, in which the systems show a later day than the state holds; then comes a healthy
night. In each cell: a night that read wrongly says so, nothing is believed that an undisturbed night would not have
read, no wait goes beyond the limit, and in the end each note stands in the journal once.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from kaa_bridge.config import load_settings
from kaa_bridge.errors import ExitCode
from kaa_bridge.host import load_plugins
from kaa_bridge.journal.states import NoteState
from kaa_bridge.log import start_log
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.sync.bridge import make_bridge, store_settings
from kaa_bridge.sync.night import run_night
from kaa_bridge.sync.report import NightReport
from kaa_bridge.testing.fault_server import Answer, FaultServer, Seen
from kaa_bridge.testing.population import evolve
from kaa_bridge.testing.simulators.base import SeenRequest, SourceSimulator
from kaa_bridge.testing.simulators.journal_notes import NoteBook
from kaa_bridge.testing.world import AS_OF
from tests.fault.world_process import LevelTwoWorld, small_population
from tests.journal.support import states

PLACES = {"soap pull": "qore", "rest pull": "ist", "rest token": "ist"}
"""Where a fault stands, and the source that it meets."""
_QUICK = "\n".join(f"{name}_seconds = 2.0" for name in ("connect", "idle", "total")) + "\nattempts = 1\n"
_LIMIT = 8.0


class FrontedWorld(LevelTwoWorld):
    """The simulated world, with a server that can misbehave before each source's addresses."""

    def begin(self, stack: ExitStack) -> None:
        """Start the servers, once the systems are there, and write the configuration anew."""
        self.fronts = {
            "soap pull": stack.enter_context(_before(self.qore)),
            "rest pull": stack.enter_context(_before(self.ist)),
            "rest token": stack.enter_context(_before(self.ist)),
        }
        self.write()

    def text(self) -> str:
        """Return the configuration's text, with the servers' addresses and short limits."""
        text = super().text()
        if not hasattr(self, "fronts"):
            return text
        fronts = self.fronts
        text = text.replace(self.ist.token_url, self.ist.token_url.replace(self.ist.root, fronts["rest token"].url))
        text = text.replace(f'"{self.ist.url}"', f'"{self.ist.url.replace(self.ist.root, fronts["rest pull"].url)}"')
        text = text.replace(self.qore.url, fronts["soap pull"].url)
        return text.replace('\nurl = "http', f'\n{_QUICK}url = "http')


def _before(simulator: SourceSimulator) -> FaultServer:
    def behind(seen: Seen) -> Answer:
        answer = simulator.respond(SeenRequest(seen.method, seen.target, dict(seen.headers), seen.body))
        assert answer
        return Answer(answer.status, answer.body, answer.content_type, tuple(answer.headers.items()))

    return FaultServer(behind)


class Pulling:
    """A municipality between two days; every cell begins with the same state."""

    def __init__(self, stack: ExitStack) -> None:
        """Start the systems and run the first day's night, and the undisturbed second one."""
        base = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="kaa-pull-", dir=base))
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        first = small_population()
        self.world = stack.enter_context(FrontedWorld(self.folder / "world", population=first, settle_seconds=900))
        self.world.begin(stack)
        self.configuration = load_settings(self.world.configuration)
        self.host = load_plugins(allow=None)
        start_log(verbosity=0, quiet=True, log_format="text")
        self.table = self.configuration.configuration.municipality[0]
        usual = store_settings(self.configuration, self.table.code)
        self.settings = replace(usual, kind=StoreKind.SQLITE, directory=self.folder / "state" / self.table.code)
        self.kept = self.folder / "kept"
        self.notes = self.folder / "notes.jsonl"
        self.world.treserva.book = NoteBook(self.notes)
        Store.create(self.settings).close()
        self._night(AS_OF)
        before = len(self.world.treserva.notes())
        shutil.copytree(self.settings.directory, self.kept)
        shutil.copy(self.notes, self.folder / "kept.jsonl")
        self.day = AS_OF + timedelta(days=5)
        self.world.become(evolve(first, self.day, share=0.4))
        self._lay_out()
        undisturbed = self._night(self.day)
        self.read = {source.name: source.read for source in undisturbed.sources}
        self.expected = Counter(note.reference for note in self.world.treserva.notes())
        assert max(self.expected.values()) == 1
        assert len(self.expected) > before + 2, "the second day must bring notes"

    def try_cell(self, place: str, fault: str) -> list[str]:
        """Try one cell and return what is wrong."""
        self._lay_out()
        self.world.fronts[place].always(fault)
        started = time.monotonic()
        try:
            report = self._night(self.day)
        finally:
            self.world.fronts[place].always("ok")
        seconds = time.monotonic() - started
        wrong = self._believed(report, PLACES[place])
        if seconds > _LIMIT:
            wrong.append(f"took {seconds:.0f} s")
        self._night(self.day)
        return wrong + self._judge()

    def _believed(self, report: NightReport, name: str) -> list[str]:
        source = next(one for one in report.sources if one.name == name)
        if source.state == "ok" and source.read != self.read[name]:
            return [f"read {source.read} records instead of {self.read[name]} and believed it"]
        if source.state != "ok" and report.exit_code is ExitCode.DONE:
            return [f"the source is {source.state} and the night says that all is done"]
        return []

    def _judge(self) -> list[str]:
        found = Counter(note.reference for note in self.world.treserva.notes())
        wrong = [f"{count} times in the journal" for count in found.values() if count > 1]
        if lost := self.expected.keys() - found.keys():
            wrong.append(f"{len(lost)} notes lost")
        with Store.open(self.settings) as store:
            left = Counter(states(store).values()) - Counter({NoteState.CONFIRMED: len(found)})
        return wrong + ([f"left {dict(left)}"] if left else [])

    def _night(self, day: date) -> NightReport:
        bridge = make_bridge(self.configuration, self.table, self.host)
        try:
            with Store.open(self.settings) as store:
                return run_night(store, bridge, day).report
        finally:
            bridge.close()

    def _lay_out(self) -> None:
        shutil.rmtree(self.settings.directory)
        shutil.copytree(self.kept, self.settings.directory)
        shutil.copy(self.folder / "kept.jsonl", self.notes)
        self.world.treserva.book = NoteBook(self.notes)


@cache
def pulling() -> Pulling:
    """Return the one municipality that all cells of this process share."""
    stack = ExitStack()
    atexit.register(stack.close)
    return Pulling(stack)
