"""Eight things that go wrong in every municipality: each has an exit code, and a message that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import trustme

from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli
from tests.system.test_certificates import https
from tests.system.test_trouble import edit

LATER = AS_OF + timedelta(days=1)
Trouble = Callable[[World], None]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world in which nothing is wrong yet: its first night ends with 0."""
    population = build(1, as_of=AS_OF, poisoned=False)
    with World(tmp_path / "world", population=population, settle_seconds=900) as one:
        yield one


def source_down(world: World) -> None:
    world.qore.close()


def wrong_password(world: World) -> None:
    (world.folder / "password").write_text("fel", encoding="utf-8")


def half_file(world: World) -> None:
    (world.folder / "exams" / "examina.csv.klar").unlink()


def renamed_field(world: World) -> None:
    world.oedb.faults = {Fault.RENAMED_FIELD}


def new_code(world: World) -> None:
    world.qore.faults = {Fault.NEW_CODE}


def renamed_protection(world: World) -> None:
    for person in world.ist.register.collections["persons"]:
        if "securityMarking" in person:
            person["protection"] = person.pop("securityMarking")


def emptied_register(world: World) -> None:
    world.qore.faults = {Fault.EMPTIED}


def hung_plugin(world: World) -> None:
    world.qore.faults = {Fault.HANG}
    edit(world, 'mapping = "qore"', 'limit_seconds = 1.0\nmapping = "qore"')


@pytest.mark.parametrize(
    ("trouble", "code", "told", "what_to_do"),
    [
        (source_down, 4, "(refused) [qore]", "Check that the system is running"),
        (wrong_password, 3, "[qore]", "Correct user, password or client secret"),
        (half_file, 4, "[exams]", "Next: "),
        (renamed_field, 5, "quarantined: ", "kaa-bridge hold list"),
        (new_code, 6, "unknown_code at Skydd (40 records)", "kaa-bridge mapping check FILE --sample FILE"),
        (
            renamed_protection,
            6,
            "missing at securityMarking (40 records)",
            "kaa-bridge mapping check FILE --sample FILE",
        ),
        (emptied_register, 5, "qore         held", "kaa-bridge hold list"),
        (hung_plugin, 4, "(plugin_hung) [qore]", "kaa-bridge check --connect"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_has_an_exit_code_and_says_what_to_do(
    world: World, night: Cli, cli: Cli, trouble: Trouble, code: int, told: str, what_to_do: str
) -> None:
    assert night().code == 0
    before = cli("status", "--as-of", str(AS_OF), "--json").data[0]["youths"]
    trouble(world)
    struck = cli("run", "--as-of", str(LATER))
    text = " ".join(struck.out.split())
    assert struck.code == code, struck.out
    assert " ".join(told.split()) in text
    assert what_to_do in text
    after = cli("status", "--as-of", str(LATER), "--json").data[0]["youths"]
    assert after["not_covered"] <= before["not_covered"], "nobody is judged to be out by a system that failed"
    assert after == before or trouble in (new_code, renamed_protection), "a fact is unknown: investigate"
    for person in world.population:
        assert not any(canary in struck.out + struck.err for canary in person.canaries())


def test_an_expired_certificate_too(world: World, night: Cli, cli: Cli) -> None:
    night()
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))
    with https(world.folder, authority, leaf) as url:
        edit(world, f'url = "{world.qore.endpoint}"', f'url = "{url}/"\nca_bundle = "ca.pem"\nattempts = 1')
        struck = cli("run", "--as-of", str(LATER))
    text = " ".join(struck.out.split())
    assert struck.code == 3
    assert "(tls_expired) [qore]" in text
    assert "Next: " in text.split("(tls_expired)")[1]


def test_a_new_code_is_told_until_the_mapping_names_it(world: World, night: Cli, cli: Cli) -> None:
    night()
    world.qore.faults = {Fault.NEW_CODE}
    for _ in range(2):
        struck = night(LATER)
        assert (struck.code, struck.data[0]["sources"][0]["misfits"]) == (6, [["unknown_code", "Skydd", 40]])
    told = cli("status", "--as-of", str(LATER))
    assert told.code == 6
    assert "qore sends what its mapping does not know: unknown_code at Skydd (40 records)" in told.out
    text = files("kaa_mappings").joinpath("sources/qore.toml").read_text(encoding="utf-8")
    named = text.replace('INGET = "none"', 'INGET = "none"\nNIVA_9 = "none"')
    (world.folder / "ours.toml").write_text(named, encoding="utf-8")
    edit(world, 'mapping = "qore"', 'mapping = "ours.toml"')
    healed = night(LATER)
    assert (healed.code, healed.data[0]["sources"][0]["misfits"]) == (0, [])
    assert cli("status", "--as-of", str(LATER)).code == 0
