"""A start loads what the night needs: each library here costs tens of milliseconds and megabytes, every night."""

from __future__ import annotations

import subprocess
import sys

SPARED = (
    "zeep", "lxml", "jinja2", "rich", "structlog", "openpyxl", "xlsxwriter", "alembic", "holidays", "babel",
    "typst", "vl_convert",
)  # fmt: skip
NIGHT = f"""
import sys
import kaa_bridge.cli, kaa_bridge.cli.run, kaa_bridge.sync.night, kaa_bridge.sync.bridge, kaa_bridge.store.engine
from kaa_bridge.host import load_plugins
host = load_plugins()
assert not [one.error for one in host.plugins if one.error], host.plugins
assert {{"qore", "oedb", "ist", "files"}} <= set(host.added("kaa_sources"))
import kaa_adapter_ist.source
print(",".join(sorted(set({SPARED!r}) & set(sys.modules))))
"""


def test_a_night_over_rest_loads_no_library_it_does_not_use() -> None:
    done = subprocess.run([sys.executable, "-c", NIGHT], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
