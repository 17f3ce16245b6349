"""A small world on loopback: simulated Qore, OEDB, IST and Treserva, and a configuration that points at them.

``demo`` and the system tests run their nights here: adapters, mappings, transport and journal plugin are the real ones;
only the systems at the other end are simulated.
"""

from __future__ import annotations

import csv
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from kaa_bridge.domain.values import QualificationKind
from kaa_bridge.store.key import make_key_file
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.simulators.credentials import PASSWORD, USER
from kaa_bridge.testing.simulators.ist import IstSimulator
from kaa_bridge.testing.simulators.oedb import OedbSimulator
from kaa_bridge.testing.simulators.qore import QoreSimulator
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva

AS_OF = date(2026, 2, 2)
"""The night that the world stands on unless told otherwise; the published test numbers fit it."""
_DOCUMENTS = {
    QualificationKind.GYMNASIEEXAMEN: "gymnasieexamen",
    QualificationKind.STUDIEBEVIS: "studiebevis",
    QualificationKind.GYMNASIEINTYG: "gymnasieintyg",
    QualificationKind.GYMNASIEBEVIS_ANPASSAD: "gymnasiebevis anpassad",
    QualificationKind.GYMNASIESARSKOLEBEVIS: "gymnasiesärskolebevis",
    QualificationKind.IB_DIPLOMA: "IB-diplom",
    QualificationKind.FOLKHOGSKOLA_BEHORIGHET: "folkhögskola behörighet",
    QualificationKind.EQUIVALENT_APPROVED: "motsvarande godkänd",
}


def write_exams(population: Population, drop: Path) -> None:
    """Write the file in which exams and certificates come, since SS 12000 carries none."""
    drop.mkdir(exist_ok=True)
    with (drop / "examina.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["personnummer", "dokument", "datum"])
        for person in population:
            for document in person.qualifications:
                writer.writerow([person.number, _DOCUMENTS[document.kind], document.on])
    (drop / "examina.csv.klar").write_text("", encoding="ascii")


@dataclass(slots=True)
class World:
    """The systems and the folder of one municipality; use it as a context manager.

    Attributes:
        folder: where configuration, secrets, state and the exams file lie.
        notes_limit: ``guard.notes_count``; a first night has no history to compare with.
        store: the store's kind in the configuration; ``store_url`` goes with ``postgresql``.
    """

    folder: Path
    population: Population = field(default_factory=lambda: build(1, as_of=AS_OF))
    notes_limit: int = 100
    store: str = "sqlcipher"
    store_url: str | None = None
    settle_seconds: float = 900.0
    notes_file: Path | None = None
    qore: QoreSimulator = field(init=False)
    oedb: OedbSimulator = field(init=False)
    ist: IstSimulator = field(init=False)
    treserva: SimulatedTreserva = field(init=False)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Start the systems and write the folder."""
        with self._stack as stack:
            self.qore = stack.enter_context(QoreSimulator(self.population))
            self.oedb = stack.enter_context(OedbSimulator(self.population))
            self.ist = stack.enter_context(IstSimulator(self.population))
            self.treserva = stack.enter_context(SimulatedTreserva(self.population, notes_file=self.notes_file))
            self.write()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the systems."""
        self._stack.__exit__(kind, error, trace)

    def become(self, population: Population) -> None:
        """Show a later population in every system."""
        self.population = population
        self.qore.load(population)
        self.oedb.load(population)
        self.ist.update(population)
        self.treserva.know(population)
        write_exams(self.population, self.folder / "exams")

    @property
    def configuration(self) -> Path:
        """The configuration file."""
        return self.folder / "kaa-bridge.toml"

    def write(self) -> None:
        """Write configuration, secrets and the exams file; the state key is made once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        key = self.folder / "kaa-bridge.key"
        if not key.exists():
            make_key_file(key)
        self._secret("password", PASSWORD)
        self._secret("client-secret", "hemligt")
        write_exams(self.population, self.folder / "exams")
        self.configuration.write_text(self.text(), encoding="utf-8")

    def text(self) -> str:
        """Return the configuration's text."""
        return _CONFIGURATION.format(
            store=self.store,
            store_url=f'url = "{self.store_url}"' if self.store_url else "",
            code=self.population.municipality,
            notes_limit=self.notes_limit,
            qore=self.qore.endpoint,
            oedb=self.oedb.base_url,
            ist=self.ist.url,
            token=self.ist.token_url,
            treserva=self.treserva.url,
            user=USER,
            settle=self.settle_seconds,
        )

    def _secret(self, name: str, text: str) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")


_CONFIGURATION = """\
# The simulated world of kaa-bridge: every address is a simulated system on this machine.
state_dir = "state"

[store]
kind = "{store}"
{store_url}
key = {{ file = "kaa-bridge.key" }}

[[municipality]]
code = "{code}"
name = "Exempelkommunen"
routine = "ragunda"
notes = ["registered", "ended", "action_due", "correction"]
precedence = ["qore", "ist", "oedb"]

[municipality.guard]
notes_count = {notes_limit}
notes_per_youth = 5

[municipality.law]
term_ends = [2022-06-10, 2023-06-09, 2024-06-12, 2025-06-11]

[[municipality.source]]
name = "qore"
adapter = "qore"
mapping = "qore"
label = "Qore"
tells = ["placements", "residence"]
[municipality.source.connection]
url = "{qore}"
username = "{user}"
password = {{ file = "password" }}

[[municipality.source]]
name = "oedb"
adapter = "oedb"
mapping = "oedb"
label = "OEDB"
tells = ["placements"]
[municipality.source.connection]
url = "{oedb}"
username = "{user}"
password = {{ file = "password" }}

[[municipality.source]]
name = "ist"
adapter = "ist"
mapping = "ist_ss12000"
label = "IST"
tells = ["placements", "residence"]
[municipality.source.connection]
url = "{ist}"
token_url = "{token}"
client_id = "kaa-bridge"
client_secret = {{ file = "client-secret" }}

[[municipality.source]]
name = "exams"
adapter = "files"
mapping = "ist_exams_file"
label = "examensfilen"
tells = ["qualifications"]
[municipality.source.connection]
folder = "exams"
pattern = "examina.csv"
marker = ".klar"
encoding = "utf-8-sig"

[municipality.journal]
name = "treserva"
plugin = "treserva"
mapping = "treserva"
read_events = true
[municipality.journal.send]
settle_seconds = {settle}
[municipality.journal.connection]
url = "{treserva}"
module = "kaa"
"""
