"""The file drop passes the conformance of sources: OEDB's and IST's tables and workbooks, XML, and events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from kaa_adapter_files import FilesSource
from kaa_bridge.contract import Source, SourceContext
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.conformance import SourceConformance
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.ist_file import write_pupils
from kaa_bridge.testing.simulators.oedb_file import MARKER, write_drop, write_events


@dataclass
class Drop:
    """A folder with one file in it."""

    folder: Path
    file: Path

    def rewrite(self, change: Any) -> None:
        lines = self.file.read_bytes().splitlines(keepends=True)
        self.file.write_bytes(b"".join(change(lines)))


def files_source(folder: Path, mapping: str, pattern: str, **settings: Any) -> FilesSource:
    """Make the source over the folder."""
    connection = {"folder": str(folder), "pattern": pattern, "marker": MARKER, **settings}
    profile = load_mapping(mapping).profile
    return FilesSource(SourceContext(name="drop", municipality="0581", settings=connection, profile=profile))


def break_table(drop: Drop, fault: Fault) -> bool:
    """Do to a text table what the fault would do to a server."""
    match fault:
        case Fault.DOWN:
            drop.file.unlink()
        case Fault.WRONG_PASSWORD:
            drop.folder.rename(drop.folder.with_name("elsewhere"))
        case Fault.HALF_ANSWER:
            drop.file.write_bytes(drop.file.read_bytes()[: drop.file.stat().st_size // 2])
        case Fault.TRUNCATED:
            drop.rewrite(lambda lines: [*lines[:-3], lines[-1]])
        case Fault.COUNT_MISMATCH:
            drop.rewrite(lambda lines: [*lines[:-1], b"ANTAL;9999\r\n"])
        case Fault.REPEATED_RECORD:
            drop.rewrite(lambda lines: [*lines[:-2], lines[1], lines[-1]])
        case Fault.MISSING_LIST:
            drop.rewrite(lambda lines: [lines[0].replace(b"Personnummer", b"Pnr"), *lines[1:]])
        case _:
            return False
    return True


class TestOedbFile(SourceConformance):
    """OEDB's table."""

    system_name = "oedb"
    mapping: ClassVar[str | None] = "oedb_file"

    def population(self) -> Population:
        return build(1, as_of=self.as_of, municipality="0581")

    def start(self, folder: Path) -> AbstractContextManager[Drop]:
        @contextmanager
        def running() -> Iterator[Drop]:
            inbox = folder / "in"
            inbox.mkdir()
            yield Drop(inbox, self.write(inbox))

        return running()

    def write(self, folder: Path) -> Path:
        return write_drop(self.population(), folder)

    def make(self, system: Any) -> Source:
        return files_source(system.folder, "oedb_file", "oedb_{municipality}_*.csv")

    def inflict(self, system: Any, fault: Fault) -> bool:
        return break_table(system, fault)


class TestOedbWorkbook(TestOedbFile):
    """The same as a workbook."""

    def write(self, folder: Path) -> Path:
        return write_drop(self.population(), folder, workbook=True)

    def make(self, system: Any) -> Source:
        return files_source(system.folder, "oedb_file", "oedb_*.xlsx")

    def inflict(self, system: Any, fault: Fault) -> bool:
        return fault in (Fault.DOWN, Fault.WRONG_PASSWORD, Fault.HALF_ANSWER) and break_table(system, fault)


class TestIstFile(TestOedbFile):
    """A pupil register's table."""

    system_name = "ist"
    mapping = "ist_file"

    def write(self, folder: Path) -> Path:
        return write_pupils(self.population(), folder)

    def make(self, system: Any) -> Source:
        return files_source(system.folder, "ist_file", "elever_{municipality}_*.csv")

    def inflict(self, system: Any, fault: Fault) -> bool:
        if fault is Fault.MISSING_LIST:
            system.rewrite(lambda lines: [lines[0].replace(b"schoolType", b"skolform"), *lines[1:]])
            return True
        return break_table(system, fault)


class TestIstWorkbook(TestOedbWorkbook):
    """The same as a workbook."""

    system_name = "ist"
    mapping = "ist_file"

    def write(self, folder: Path) -> Path:
        return write_pupils(self.population(), folder, workbook=True)

    def make(self, system: Any) -> Source:
        return files_source(system.folder, "ist_file", "elever_*.xlsx")


class TestEventsFile(TestOedbFile):
    """What case officers have recorded; the planted records are none of it."""

    mapping = "oedb_file_events"

    def population(self) -> Population:
        return build(1, as_of=self.as_of, municipality="0581", poisoned=False)

    def known_numbers(self) -> tuple[str, ...]:
        return tuple(person.number for person in self.population() if person.case_events)

    def write(self, folder: Path) -> Path:
        return write_events(self.population(), folder)

    def make(self, system: Any) -> Source:
        return files_source(system.folder, "oedb_file_events", "handelser_*.csv")

    def inflict(self, system: Any, fault: Fault) -> bool:
        return break_table(system, fault)


XML_PROFILE = {"format": "xml", "element": "Person", "total": "@antal"}


class TestXmlFile(TestOedbFile):
    """An XML file whose root counts its records."""

    mapping = None

    def write(self, folder: Path) -> Path:
        people = self.population().known_to("oedb")
        records = [
            f"<Person>\n<Namn>{escape(p.identity.given_name or '')}</Namn><Nr>{p.number}</Nr></Person>\n"
            for p in people
        ]
        file = folder / "personer.xml"
        file.write_text(f'<Personer antal="{len(people)}">\n{"".join(records)}</Personer>\n', encoding="utf-8")
        return file

    def make(self, system: Any) -> Source:
        settings = {"folder": str(system.folder), "pattern": "*.xml", "stable_seconds": 0.0}
        return FilesSource(SourceContext(name="drop", municipality="0581", settings=settings, profile=XML_PROFILE))

    def inflict(self, system: Any, fault: Fault) -> bool:
        match fault:
            case Fault.COUNT_MISMATCH:
                system.rewrite(lambda lines: [lines[0].replace(b'antal="', b'antal="9'), *lines[1:]])
            case Fault.TRUNCATED:
                system.rewrite(lambda lines: [lines[0], *lines[3:]])
            case Fault.MISSING_LIST:
                system.rewrite(lambda lines: [line.replace(b"Person>", b"Elev>") for line in lines])
            case Fault.DOWN | Fault.WRONG_PASSWORD | Fault.HALF_ANSWER:
                return break_table(system, fault)
            case _:
                return False
        return True
