"""A start loads what the night needs: each library here costs tens of milliseconds and megabytes, every night."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.ist import IstSimulator
from kaa_bridge.testing.world import AS_OF

SPARED = (
    *("zeep", "lxml", "jinja2", "rich", "structlog", "openpyxl", "xlsxwriter", "holidays", "babel"),
    *("sqlalchemy", "alembic", "psycopg", "tenacity"),
)
REACHES_OUT = ("requests", "urllib3", "ssl", "sqlcipher3")
"""What only a command with systems or a state needs."""
CONFIGURATION = """\
[store]
kind = "sqlcipher"
key = {{ file = "state.key" }}
[[municipality]]
code = "2303"
name = "Ragunda"
[municipality.guard]
quarantine_share = 1.0
[[municipality.source]]
name = "ist"
adapter = "ist"
mapping = "ist_ss12000"
tells = ["placements"]
[municipality.source.connection]
url = "{url}"
token_url = "{token_url}"
client_id = "kaa-bridge"
client_secret = {{ file = "secret" }}
"""
PROGRAM = """
import atexit, sys
of = set(sys.argv.pop(1).split(","))
atexit.register(lambda: print(*sorted(of & set(sys.modules)), file=sys.stderr))
from kaa_bridge.cli import main
main()
"""
VALUES = """
import atexit, sys
from dataclasses import is_dataclass

def made():
    loaded = [module for name, module in sorted(sys.modules.items()) if name.startswith("kaa_")]
    kinds = [one for module in loaded for one in vars(module).values() if isinstance(one, type) and is_dataclass(one)]
    names = {f"{kind.__module__}.{kind.__name__}" for kind in kinds}
    print(*sorted(name for name in names if name.startswith("kaa_")), file=sys.stderr)

atexit.register(made)
from kaa_bridge.cli import main
main()
"""
PLUGINS = """
from kaa_bridge.host import load_plugins
host = load_plugins()
assert not [one.error for one in host.plugins if one.error], host.plugins
assert {"qore", "oedb", "ist", "files"} <= set(host.added("kaa_sources"))
"""


def loaded(*arguments: str, of: tuple[str, ...] = SPARED, exit_code: int = 0, given: str = "") -> str:
    """Run the program in a process of its own and return which of the libraries it has loaded."""
    return last_line(PROGRAM, ",".join(of), *arguments, exit_code=exit_code, given=given)


def last_line(program: str, *arguments: str, exit_code: int = 0, given: str = "") -> str:
    """Run a program in a process of its own and return what it says last."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == exit_code, done.stderr
    return done.stderr.splitlines()[-1].strip()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """A night over REST: the arguments by which the program runs it, beside a register that answers."""
    make_key_file(tmp_path / "state.key")
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("hemligt", encoding="ascii")
    configuration = tmp_path / "kaa-bridge.toml"
    with IstSimulator(build(1, as_of=AS_OF)) as server:
        configuration.write_text(CONFIGURATION.format(url=server.url, token_url=server.token_url), encoding="utf-8")
        yield ("--config", str(configuration), "-q", "run", "--as-of", AS_OF.isoformat())


def test_a_night_over_rest_loads_no_library_it_does_not_use(tmp_path: Path, night: tuple[str, ...]) -> None:
    settings = load_settings(tmp_path / "kaa-bridge.toml")
    with Store.create(store_settings(settings, "2303")) as store:
        for _ in ("first", "again"):
            assert loaded(*night, exit_code=6) == ""
        with store.read() as connection:
            assert connection.execute("SELECT count(*) FROM youth").fetchone()[0] > 20


def test_only_what_plugins_know_is_a_dataclass(tmp_path: Path, night: tuple[str, ...]) -> None:
    """Each dataclass costs a start 3 million instructions, a struct a tenth of that."""
    Store.create(store_settings(load_settings(tmp_path / "kaa-bridge.toml"), "2303")).close()
    made = last_line(VALUES, *night, exit_code=6).split()
    assert "kaa_bridge.contract.source.Page" in made
    known = ("kaa_bridge.contract.", "kaa_bridge.transport.response.HttpResponse")
    assert [name for name in made if not name.startswith(known)] == []


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("state", "--help"), ("report", "--help")])
def test_help_reaches_for_nothing(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments, of=(*SPARED, *REACHES_OUT)) == ""


@pytest.mark.parametrize("command", [("decide", "--municipality", "2303"), ("due", "--routine", "ragunda")])
def test_a_question_about_a_facts_file_reaches_for_no_system(command: tuple[str, ...]) -> None:
    facts = '{"format": "kaa-facts/1", "youths": [{"ref": "a-1", "birth_date": "2091-01-01"}]}'
    asked = (*command, "--facts", "-", "--as-of", "2109-02-01", "--json")
    assert loaded(*asked, of=(*SPARED, *REACHES_OUT), given=facts) == ""


def test_no_plugin_of_the_validator_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would cost a reading of every installed package, and be shown each configuration."""
    (tmp_path / "curious.py").write_text("plugin = None\n", encoding="ascii")
    told = tmp_path / "curious-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: curious\nVersion: 1.0\n", encoding="ascii")
    (told / "entry_points.txt").write_text("[pydantic]\ncurious = curious:plugin\n", encoding="ascii")
    (tmp_path / "kaa-bridge.toml").write_text("[nothing]\n", encoding="ascii")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    asked = ("--config", str(tmp_path / "kaa-bridge.toml"), "check")
    assert loaded(*asked, of=("curious", "pydantic"), exit_code=3) == "pydantic"


def test_every_plugin_loads() -> None:
    done = subprocess.run([sys.executable, "-c", PLUGINS], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("argument", "exit_code", "printed"), [("--version", 0, "kaa-bridge"), ("--nonsense", 2, "")])
def test_the_end_waits_for_nothing_that_a_plugin_has_left(argument: str, exit_code: int, printed: str) -> None:
    left = "import atexit, sys, threading; atexit.register(threading.Event().wait)\n"
    left += "threading.Thread(target=threading.Event().wait).start()\n"
    program = left + "from kaa_bridge.__main__ import start; start()"
    done = subprocess.run([sys.executable, "-c", program, argument], capture_output=True, text=True, timeout=60)
    assert done.returncode == exit_code, done.stderr
    assert printed in done.stdout
