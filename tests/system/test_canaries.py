"""No person leaves its channel: canaries are looked for in every output, log, URL, header and file of whole nights."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from kaa_bridge.testing.population import evolve
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

COMMANDS = (
    ("run", "--as-of", str(AS_OF)),
    ("-vv", "run", "--as-of", str(AS_OF + timedelta(days=1)), "--json"),
    ("--log-format", "json", "run", "--as-of", str(AS_OF + timedelta(days=1)), "--dry-run"),
    ("check", "--connect"),
    ("status", "--json"),
    ("hold", "list"),
    ("quarantine", "list"),
    ("quarantine", "show", "1"),
    ("outbox", "list"),
    ("outbox", "list", "--json"),
    ("worklist", "--as-of", str(AS_OF)),
    ("worklist", "--as-of", str(AS_OF), "--format", "csv"),
    ("worklist", "--as-of", str(AS_OF), "--json"),
    ("state", "show"),
    ("state", "verify"),
    ("plugins", "list"),
    ("resync", "--source", "ist", "--as-of", str(AS_OF)),
)


def leaks(texts: Iterable[tuple[str, bytes]], canaries: frozenset[str]) -> list[str]:
    """Return where a canary stands; the canary itself is never repeated."""
    wanted = [canary.encode(encoding) for canary in canaries for encoding in ("utf-8", "latin-1") if len(canary) > 3]
    return sorted({place for place, data in texts for canary in wanted if canary in data})


def wire(world: World) -> Iterable[tuple[str, bytes]]:
    """Yield the addresses and headers of every request that a simulated system saw."""
    for name in ("qore", "oedb", "ist", "treserva"):
        for request in getattr(world, name).requests:
            headers = "\n".join(f"{key}: {value}" for key, value in dict(request.headers).items())
            yield f"{name} address and headers", f"{request.path}\n{getattr(request, 'target', '')}\n{headers}".encode()


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Give the commands a working folder and a folder for temporary files of their own, to look into afterwards."""
    work, temporary = tmp_path / "work", tmp_path / "temporary"
    for folder in (work, temporary):
        folder.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return work, temporary


def files(folder: Path, *, but: tuple[str, ...]) -> Iterable[tuple[str, bytes]]:
    """Yield names and contents of everything below the folder, except what people put there themselves."""
    for path in sorted(folder.rglob("*")):
        if not any(part in but for part in path.relative_to(folder).parts):
            held = path.read_bytes() if path.is_file() else b""
            yield f"file {path.name}", str(path.relative_to(folder)).encode() + b"\n" + held


@pytest.mark.slow
def test_no_canary_in_any_output_file_address_or_header(
    world: World, night: Cli, cli: Cli, around: tuple[Path, Path]
) -> None:
    outputs = []
    for number, command in enumerate(COMMANDS):
        if number == 1:
            world.become(evolve(world.population, AS_OF + timedelta(days=1)))
            world.treserva.fault(FaultKind.PERSONAL_FAULT)
            world.qore.faults = {Fault.NEW_CODE}
        result = cli(*command)
        assert "internal_error" not in result.err, command
        outputs.append((" ".join(command), (result.out + result.err).encode()))
    canaries = world.population.canaries()
    assert len(canaries) > 200
    assert not leaks(outputs, canaries)
    assert not leaks(wire(world), canaries)
    assert not leaks(files(world.folder, but=("exams", "person.txt")), canaries)
    for folder in around:
        assert not leaks(files(folder, but=()), canaries)


def test_the_scanner_finds_a_planted_leak(world: World, tmp_path: Path) -> None:
    person = world.population.people[0]
    (tmp_path / "planted.log").write_text(f"note for {person.number} sent", encoding="utf-8")
    (tmp_path / f"{person.number}.tmp").mkdir()
    found = leaks(files(tmp_path, but=("world",)), world.population.canaries())
    assert found == [f"file {person.number}.tmp", "file planted.log"], "by its name, and by what it holds"


def test_a_canary_is_really_in_what_the_systems_answer(world: World) -> None:
    drop = files(world.folder / "exams", but=())
    assert leaks(drop, world.population.canaries()), "otherwise the scan could not fail"


@pytest.mark.slow
def test_a_protected_youth_changes_no_output_but_its_own_line(world: World, night: Cli, cli: Cli) -> None:
    night()
    made = cli("worklist", "--as-of", str(AS_OF), "--format", "csv").out
    protected = [person for person in world.population if person.protection.value != "none"]
    lines = [line for line in made.splitlines() if "skyddade" in line.lower()]
    assert len(lines) == len(protected)
    for line in lines:
        assert not any(ending in line for ending in ("Ring ", "Skicka ", "hembesök", "vårdnadshavare"))
