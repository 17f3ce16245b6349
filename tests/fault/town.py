"""A municipality with everything: simulated systems on sockets, the whole night, crashes, backups, a person.

Used by the stateful model over the whole bridge. Every youth of its population changes at most once, so that a set says
what the journal must hold in the end: who was found covered has one note that opens the case, and who then ceased to be
has one that ends it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from kaa_bridge.config import load_settings
from kaa_bridge.domain.values import Protection
from kaa_bridge.errors import KaaError
from kaa_bridge.host import load_plugins
from kaa_bridge.journal.reconcile import equation, unclaimed
from kaa_bridge.journal.resolve import Decision, resolve_absent, resolve_present, retry
from kaa_bridge.journal.states import NoteState
from kaa_bridge.log import start_log
from kaa_bridge.store import probe
from kaa_bridge.store.backup import back_up
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.restore import restore
from kaa_bridge.sync.bridge import make_bridge, store_settings
from kaa_bridge.sync.night import run_night
from kaa_bridge.sync.plan import Scope
from kaa_bridge.testing.population import Person, evolve
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.journal_faults import MADE_UP, FaultKind
from kaa_bridge.testing.simulators.journal_notes import NoteBook, SimulatedNote
from kaa_bridge.testing.world import AS_OF
from tests.fault.bench import ShiftedClock
from tests.fault.miniature import Crash
from tests.fault.points import Points
from tests.fault.world_process import LevelTwoWorld, small_population
from tests.journal.support import states

ANSWERS = (
    FaultKind.RESET, FaultKind.HTML, FaultKind.NO_ECHO, FaultKind.NO_ID, FaultKind.ERROR_BODY, FaultKind.WRONG_NOTE,
    FaultKind.TRUNCATED, FaultKind.STATUS,
)  # fmt: skip
"""How the journal may answer wrongly: some store the note, some do not."""
SOURCES = ("qore", "oedb", "ist")
_SETTLED = 1000.0
_WHO = Decision("Karin", "såg efter i journalen")
_OPENS, _ENDS = {"KAA_INSKRIVEN"}, {"KAA_AVSLUTAD", "KAA_RATTELSE"}


class Town:
    """One municipality; every step of its life is a method."""

    def __init__(self) -> None:
        """Start its systems, with an empty state."""
        self._stack = ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="kaa-town-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        self.folder = folder
        self.people = small_population()
        self.world = self._stack.enter_context(LevelTwoWorld(folder / "world", population=self.people))
        self.world.treserva.book = NoteBook(folder / "notes.jsonl")
        self._configuration = load_settings(self.world.configuration)
        self._host = load_plugins(allow=None)
        start_log(verbosity=0, quiet=True, log_format="text")
        self._table = self._configuration.configuration.municipality[0]
        usual = store_settings(self._configuration, self._table.code)
        self.settings = replace(usual, kind=StoreKind.SQLITE, directory=folder / "state" / self._table.code)
        Store.create(self.settings).close()
        self.day = AS_OF
        self.clock = ShiftedClock()
        self.protected = _protected(self.people)
        self.backups: list[Path] = []

    def close(self) -> None:
        """Stop, and take everything away."""
        self._stack.close()

    def days_pass(self, days: int) -> None:
        """Time passes, and for some youths something happens."""
        self.day += timedelta(days=days)
        self.people = evolve(self.people, self.day, share=0.1)
        self.world.become(self.people)
        self.protected |= _protected(self.people)

    def night(self, wrong: Iterable[FaultKind] = (), *, down: str = "", crash_at: int = 0, resync: str = "") -> None:
        """One night, or the resync of a source; it may crash, or end with an error."""
        for kind in wrong:
            self.world.treserva.fault(kind, code="503")
        if down:
            getattr(self.world, down).faults.add(Fault.DOWN)
        if crash_at:
            probe.watch(Points(crash_at, act=_crash, only=lambda name: name.startswith("sql:")))
        scope = Scope(kind="resync", source=resync, full=True) if resync else Scope()
        bridge = make_bridge(self._configuration, self._table, self._host)
        bridge.clock = self.clock
        try:
            with Store.open(self.settings) as store:
                run_night(store, bridge, self.day, scope=scope)
        except (Crash, KaaError):
            pass
        finally:
            probe.watch(None)
            bridge.close()
            self.clock = ShiftedClock(self.clock.seconds + _SETTLED)
            for name in SOURCES:
                getattr(self.world, name).faults.clear()
            self.world.treserva.faults.__init__()  # type: ignore[misc]

    def back_up(self) -> None:
        """Keep a backup."""
        path = self.folder / f"backup-{len(self.backups)}"
        with Store.open(self.settings) as store:
            back_up(store, path)
        self.backups.append(path)

    def restore(self, number: int) -> None:
        """Go back to a backup."""
        restore(self.settings, self.backups[number % len(self.backups)], clock=self.clock, replace=True)
        for aside in self.settings.directory.glob("state.db.replaced-*"):
            aside.unlink()

    def person_resolves(self) -> None:
        """A person looks into the journal and says truthfully what is there, and lets refused notes be tried again."""
        counts = Counter(note.reference for note in self.world.treserva.notes())
        with Store.open(self.settings) as store:
            for reference, state in states(store).items():
                try:
                    with store.write() as connection:
                        if state is NoteState.IN_DOUBT and counts[reference] == 1:
                            resolve_present(connection, reference, "J", _WHO, self.clock)
                        elif state is NoteState.IN_DOUBT:
                            resolve_absent(connection, reference, _WHO, self.clock, settle_seconds=900.0)
                        elif state is NoteState.REFUSED:
                            retry(connection, reference, _WHO, self.clock)
                except KaaError:
                    continue

    def check(self) -> None:
        """What must hold at every moment."""
        notes = self._ours()
        counts = Counter(note.reference for note in notes)
        assert max(counts.values(), default=0) <= 1, "a note stands twice in the journal"
        kinds = Counter(note.person_number for note in notes if note.kind in _OPENS)
        assert max(kinds.values(), default=0) <= 1, "a case was opened twice, under two keys"
        with Store.open(self.settings) as store, store.read() as connection:
            found = equation(connection)
        assert found.holds, found

    def check_end(self) -> None:
        """What must hold when everything has come to rest: the journal against the set of who is covered."""
        for _ in range(4):
            self.night()
            self.person_resolves()
        self.check()
        with Store.open(self.settings) as store:
            left = set(states(store).values()) - {NoteState.CONFIRMED, NoteState.SUPERSEDED}
        assert not left, left
        opened, ended = self._numbers(_OPENS), self._numbers(_ENDS)
        with Store.open(self.settings) as store, store.read() as connection:
            lost = set(unclaimed(connection, "treserva"))
        told = {note.person_number for note in self._ours() if note.reference in lost}
        for person in self.people:
            if person.number in self.protected or person.covered is None or _awaits(person, self.day):
                continue
            name = repr(person)
            if person.covered:
                assert person.number in opened, f"{name} is covered and no note opened the case"
                assert person.number not in ended, f"{name} is covered and the case was ended"
            else:
                half_way = (person.number in opened) != (person.number in ended)
                assert not half_way or person.number in told, f"{name} is left half-way, and nobody is told"

    def _numbers(self, kinds: set[str]) -> set[str]:
        return {note.person_number for note in self._ours() if note.kind in kinds}

    def _ours(self) -> list[SimulatedNote]:
        """Return the journal's notes but for those that the journal itself has made up."""
        return [note for note in self.world.treserva.notes() if note.reference != MADE_UP]


def _protected(people: Iterable[Person]) -> set[str]:
    return {person.number for person in people if person.protection is not Protection.NONE}


def _awaits(person: Person, day: date) -> bool:
    return any(place.start is not None and place.start > day for place in person.placements)


def _crash(_name: str) -> None:
    raise Crash
