"""A third party's adapter in a folder of its own: installed in an empty environment, found, run, proven.

It also proves the wheel: nothing of this checkout is on the path of that environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THIRD_PARTY = Path(__file__).parent / "third_party"

NIGHT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_ledger import Ledger
from kaa_bridge.testing.population import build
from datetime import date
with Ledger(build(1, as_of=date(2026, 2, 1), poisoned=False)) as ledger:
    folder = Path(sys.argv[1])
    toml = folder / "kaa-bridge.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("URL", ledger.url + "/ledger"), encoding="utf-8")
    sys.argv = ["kaa-bridge", "-q", "--config", str(toml), "run", "--as-of", "2026-02-01", "--json"]
    from kaa_bridge.cli import main
    main()
"""
KEY = """
from pathlib import Path
from kaa_bridge.store.key import make_key_file
make_key_file(Path("kaa-bridge.key"))
"""
CONFIGURATION = """\
[plugins]
allow = ["ledger"]
[[municipality]]
code = "2303"
name = "Exempel"
[[municipality.source]]
name = "ledger"
adapter = "ledger"
mapping = "ledger.toml"
tells = ["placements", "residence"]
[municipality.source.connection]
url = "URL"
"""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command without anything of this environment but the way to the package registry."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=kept, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel, its ``testing`` extra, and the third party's package."""
    folder = tmp_path_factory.mktemp("third-party")
    python = folder / "venv" / "bin" / "python"
    steps: tuple[tuple[str | Path, ...], ...] = (
        (sys.executable, "-m", "venv", folder / "venv"),
        (python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder / "dist", ROOT),
        (python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder / "dist", THIRD_PARTY),
        (python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", "-f", folder / "dist",
         "kaa-bridge[testing]", "kaa-adapter-ledger"),
    )  # fmt: skip
    for step in steps:
        done = run(*step, cwd=folder)
        assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the paths of the environment are those of POSIX")
class TestThirdParty:
    """One environment for all of it."""

    def test_it_is_found_and_named(self, environment: Path) -> None:
        done = run(environment / "venv/bin/kaa-bridge", "plugins", "list", "--json", cwd=environment)
        assert done.returncode == 0, done.stderr
        found = {one["name"]: one for one in json.loads(done.stdout)}
        assert found["ledger"]["distribution"] == "kaa-adapter-ledger"
        assert found["ledger"]["adds"] == {"kaa_sources": ["ledger"]}
        assert found["qore"]["distribution"] == "kaa-bridge"

    def test_it_passes_the_conformance_class(self, environment: Path) -> None:
        tests = environment / "ledger-tests"
        tests.mkdir()
        for path in (THIRD_PARTY / "tests" / "test_ledger.py", THIRD_PARTY / "ledger.toml"):
            (environment / path.relative_to(THIRD_PARTY)).parent.mkdir(exist_ok=True)
            (environment / path.relative_to(THIRD_PARTY)).write_text(path.read_text("utf-8"), encoding="utf-8")
        done = run(environment / "venv/bin/python", "-m", "pytest", "-q", "tests", cwd=environment)
        assert done.returncode == 0, done.stdout[-2000:]
        assert " passed" in done.stdout

    def test_it_runs_a_night(self, environment: Path) -> None:
        folder = environment / "night"
        folder.mkdir(mode=0o700)
        (folder / "kaa-bridge.toml").write_text(CONFIGURATION, encoding="utf-8")
        (folder / "ledger.toml").write_text((THIRD_PARTY / "ledger.toml").read_text("utf-8"), encoding="utf-8")
        (folder / "night.py").write_text(NIGHT, encoding="utf-8")
        assert run(environment / "venv/bin/python", "-c", KEY, cwd=folder).returncode == 0
        create = run(environment / "venv/bin/kaa-bridge", "state", "create", "--municipality", "2303", cwd=folder)
        assert create.returncode == 0, create.stderr
        done = run(environment / "venv/bin/python", "night.py", folder, THIRD_PARTY / "tests", cwd=folder)
        assert done.returncode == 0, done.stdout[-3000:]
        report = json.loads(done.stdout)[0]
        assert report["sources"][0]["state"] == "ok"
        assert report["plan"]["decided"] == report["sources"][0]["read"] > 40
