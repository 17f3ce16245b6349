"""A journal that fails is named with its cause and what to do, whatever else it can be asked for or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.simulators.lifecare import SimulatedLifecare
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli
from tests.system.test_certificates import https
from tests.system.test_trouble import edit

LATER = AS_OF + timedelta(days=1)
_LIFECARE = """[municipality.journal]
name = "lifecare"
plugin = "lifecare"
[municipality.journal.connection]
url = "{url}"
domain = "kommun"
api_key = {{ file = "key" }}
provider_unit_id = 77
headline_id = 12
created_personnel_id = 4
created_personnel_title = "Aktivitetsansvar"
clients_list = true
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world whose journal is asked for nothing but to take notes."""
    population = build(1, as_of=AS_OF, poisoned=False)
    with World(tmp_path / "world", population=population, settle_seconds=900) as one:
        edit(one, "read_events = true", "read_events = false")
        yield one


@pytest.fixture
def lifecare(world: World) -> Iterator[SimulatedLifecare]:
    with SimulatedLifecare(world.population) as lifecare:
        sources, _ = world.configuration.read_text(encoding="utf-8").split("[municipality.journal]")
        world.configuration.write_text(sources + _LIFECARE.format(url=lifecare.url), encoding="utf-8")
        key = world.folder / "key"
        key.touch(mode=0o600)
        key.write_text(lifecare.key, encoding="utf-8")
        yield lifecare


@pytest.fixture
def told(world: World, night: Cli, cli: Cli) -> Callable[..., str]:
    """Run a night, check its exit code, and return what it says under *Attention*, on one line."""

    def run(code: int, error: str) -> str:
        struck = night()
        assert (struck.code, struck.data[0]["sent"]["errors"]) == (code, [error])
        again = cli("run", "--as-of", AS_OF.isoformat())
        assert again.code == code, "a night in the same pause, or with the same notes, says it too"
        for person in world.population:
            assert not any(canary in again.out + again.err for canary in person.canaries())
        return " ".join(again.out.split("Attention")[1].split())

    return run


def test_treserva_down(world: World, told: Callable[..., str]) -> None:
    world.treserva.close()
    text = told(4, "refused")
    assert "Error (refused) [treserva]: " in text
    assert "No byte of the note was sent. Next: Check that the system is running" in text


def test_an_expired_certificate_of_treserva(world: World, told: Callable[..., str]) -> None:
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))
    with https(world.folder, authority, leaf) as url:
        edit(world, f'url = "{world.treserva.url}"', f'url = "{url}/"\nca_bundle = "ca.pem"')
        text = told(3, "tls_expired")
    assert "Error (tls_expired) [treserva]: " in text
    assert "must renew the certificate" in text


def test_treserva_that_refuses_the_account_the_notes_only(world: World, night: Cli, cli: Cli) -> None:
    world.treserva.fault(FaultKind.STATUS, operation="create", times=100, code="401")
    struck = cli("run", "--as-of", AS_OF.isoformat())
    assert struck.code == 6, "nobody sends them again before a person has looked"
    text = " ".join(struck.out.split())
    assert "Error (http_401) [treserva]: The journal 'treserva' refused the note" in text
    assert "Next: Correct user, password or the account's rights" in text


def test_treserva_that_fails_after_it_has_got_the_note(world: World, night: Cli) -> None:
    world.treserva.fault(FaultKind.STATUS, operation="create", times=100, code="500")
    struck = night()
    assert (struck.code, struck.data[0]["sent"]["errors"]) == (4, ["server_error"])


def test_lifecare_with_a_wrong_key(world: World, lifecare: SimulatedLifecare, told: Callable[..., str]) -> None:
    (world.folder / "key").write_text("fel", encoding="utf-8")
    text = told(3, "credentials_refused")
    assert "Error (credentials_refused) [lifecare]: " in text
    assert "No byte of the note was sent. Next: " in text


def test_lifecare_that_takes_the_key_in_the_address_only_names_the_setting(
    world: World, lifecare: SimulatedLifecare, told: Callable[..., str], cli: Cli
) -> None:
    lifecare.header_key = False
    text = told(3, "credentials_refused")
    assert 'set key_in = "query": this installation then takes the key only in the address' in text
    checked = cli("check", "--connect")
    assert (checked.code, 'key_in = "query"' in " ".join(checked.out.split())) == (3, True)
    edit(world, 'domain = "kommun"', 'domain = "kommun"\nkey_in = "query"')
    assert cli("check", "--connect").code == 0


def test_lifecare_down_for_one_note(lifecare: SimulatedLifecare, night: Cli, cli: Cli) -> None:
    night()
    lifecare.close()
    struck = night(LATER)
    assert (struck.code, struck.data[0]["sent"]["waiting"], struck.data[0]["sent"]["errors"]) == (4, 1, ["refused"])
    assert "Error (refused) [lifecare]: " in cli("run", "--as-of", LATER.isoformat()).out


def test_a_journal_down_that_is_asked_for_events_too_is_told_once(world: World, night: Cli, cli: Cli) -> None:
    edit(world, "read_events = false", "read_events = true")
    world.treserva.close()
    night()
    assert cli("run", "--as-of", AS_OF.isoformat()).out.count("Error (refused) [treserva]") == 1
