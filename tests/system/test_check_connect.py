"""``check --connect`` tells what must be corrected (3) from what does not answer (4), with the error's own code."""

from __future__ import annotations

import pytest

from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.world import World
from tests.system.conftest import Cli


@pytest.fixture
def ready(world: World, cli: Cli) -> Cli:
    assert cli("state", "create").code == 0
    return cli


@pytest.mark.parametrize(
    ("fault", "code", "error"),
    [
        (Fault.DOWN, 4, "reset"),
        (Fault.UNAVAILABLE, 4, "busy"),
        (Fault.LOGIN_PAGE, 4, ""),
        (Fault.HALF_ANSWER, 4, "truncated"),
        (Fault.WRONG_PASSWORD, 3, "credentials"),
        (Fault.REDIRECT, 3, "redirected"),
    ],
)
@pytest.mark.parametrize("system", ["qore", "oedb", "ist"])
def test_each_failed_call_has_the_exit_code_of_what_to_do(
    world: World, ready: Cli, system: str, fault: Fault, code: int, error: str
) -> None:
    getattr(world, system).faults = {fault}
    found = ready("check", "--connect")
    assert found.code == code, found.out
    (line,) = [one for one in found.out.splitlines() if one.startswith("FAIL")]
    assert line.startswith(f"FAIL 2303 {system} connection: ")
    assert error in line or system == "ist"
    assert "     Next: " in found.out


def test_a_wrong_password_says_where_it_stands(world: World, ready: Cli) -> None:
    (world.folder / "password").unlink()
    found = ready("check")
    assert found.code == 3
    assert "there is no file of that name beside the configuration" in found.out, "a bare word may be the secret itself"
    text = world.configuration.read_text(encoding="utf-8").replace('"password"', '"secrets/qore"')
    world.configuration.write_text(text, encoding="utf-8")
    assert "there is no file secrets/qore" in ready("check").out


def test_a_folder_that_is_not_there_must_be_corrected(world: World, ready: Cli) -> None:
    for path in (world.folder / "exams").iterdir():
        path.unlink()
    (world.folder / "exams").rmdir()
    found = ready("check", "--connect")
    assert (found.code, "folder_unusable" in found.out) == (3, True)


def test_a_journal_that_is_down_is_unreachable(world: World, ready: Cli) -> None:
    world.treserva.close()
    found = ready("check", "--connect", "--json")
    assert found.code == 4
    (line,) = [one for one in found.data if not one["ok"]]
    assert line["what"] == "2303 treserva connection"
    assert line["remedy"]
