"""A whole night beside its floor: CPU and peak memory, interleaved, in one run.

    python -m benchmarks.night --sizes 10000,100000 --pairs 3

First night, a night in which one in a hundred has changed, and a night without change, each pulled whole over real HTTP
on loopback from a server in another process. The product is the command ``kaa-bridge run`` as it is used; the floor is
``night_floor.py``. CPU is user and system time of the whole process, start-up included; ratios are medians of pairs.
Both run from compiled bytecode, as an installed package does. Needs ``pip install "kaa-bridge[benchmark]"`` (orjson,
for the floor); without it the floor ends with an ImportError before anything is measured.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from urllib import request

from kaa_bridge.config import load_settings
from kaa_bridge.store.engine import Store
from kaa_bridge.store.key import make_key_file
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population.large import LARGE_AS_OF

_ROOT = Path(__file__).resolve().parents[1]
NIGHTS = ("first", "one_percent", "no_change")
# They are set for this store and this many youths; everything else is measured for report.
TARGETS = {"first": 1.8, "one_percent": 0.45, "no_change": 0.40}
PEAK_MIB = 160
TARGETED = ("sqlite", 100_000)
_CONFIGURATION = """\
[store]
kind = "{store}"
key = {{ file = "kaa-bridge.key" }}
[[municipality]]
code = "2303"
name = "Benchmark"
[municipality.guard]
quarantine_share = 1.0
leavers_share = 1.0
[[municipality.source]]
name = "ist"
adapter = "ist"
mapping = "ist_ss12000"
tells = ["placements", "residence"]
[municipality.source.connection]
url = "{url}"
token_url = "{token_url}"
client_id = "kaa-bridge"
client_secret = {{ file = "secret" }}
"""


def measured(command: list[str]) -> tuple[float, float, int]:
    """Run a command; return its CPU seconds, its peak memory in MiB and its exit code."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 6):
        sys.exit(f"{command[1]} ended with {process.returncode}:\n{said.decode()[-2000:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode


def bearer(token_url: str) -> str:
    """Fetch a token for the floor."""
    body = b"grant_type=client_credentials&client_id=kaa-bridge&client_secret=hemligt"
    with request.urlopen(request.Request(token_url, data=body), timeout=30) as answer:
        return str(json.load(answer)["access_token"])


def prepare(folder: Path, store: str, url: str, token_url: str) -> list[str]:
    """Write the product's folder and return the command of a night."""
    folder.mkdir(mode=0o700)
    make_key_file(folder / "kaa-bridge.key")
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text("hemligt", encoding="ascii")
    configuration = folder / "kaa-bridge.toml"
    configuration.write_text(_CONFIGURATION.format(store=store, url=url, token_url=token_url), encoding="utf-8")
    base = [sys.executable, "-m", "kaa_bridge", "--config", str(configuration), "-q"]
    Store.create(store_settings(load_settings(configuration), "2303")).close()
    return [*base, "run", "--as-of", LARGE_AS_OF.isoformat()]


def pair(count: int, store: str, scratch: Path) -> dict[str, dict[str, tuple[float, float, int]]]:
    """Run floor and product side by side through the three nights."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.night_server", str(count)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    with server:
        url, token_url = server.stdout.readline().split()
        product = prepare(scratch / f"product-{store}-{count}", store, url, token_url)
        floor = [sys.executable, "-m", "benchmarks.night_floor", url, bearer(token_url), str(scratch / f"f{count}.db")]
        found = {}
        for night in NIGHTS:
            if night == "one_percent":
                server.stdin.write("turn 1\n")
                server.stdin.flush()
                server.stdout.readline()
            found[night] = {"floor": measured(floor), "product": measured(product)}
        server.stdin.close()
        server.wait(30)
    return found


def main() -> None:
    """Run the pairs and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--stores", default="sqlite,sqlcipher", help="sqlite is plain, sqlcipher encrypted")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    for folder in ("kaa_bridge", "adapters", "plugins", "mappings", "benchmarks"):
        compileall.compile_dir(_ROOT / folder, quiet=1)
    rows = []
    for store in given.stores.split(","):
        for count in (int(size) for size in given.sizes.split(",")):
            pairs = []
            for _ in range(given.pairs):
                with tempfile.TemporaryDirectory(prefix="kaa-night-") as scratch:
                    pairs.append(pair(count, store, Path(scratch)))
            rows += [summary(store, count, night, [one[night] for one in pairs]) for night in NIGHTS]
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'store':<10}{'youths':>8} {'night':<12}{'floor s':>9}{'night s':>9}{'ratio':>7}{'us/youth':>10}{'MiB':>6}")
    for row in rows:
        print(
            f"{row['store']:<10}{row['youths']:>8} {row['night']:<12}{row['floor_cpu']:>9.2f}{row['cpu']:>9.2f}"
            f"{row['ratio']:>7.2f}{row['us_per_youth']:>10.1f}{row['peak_mib']:>6.0f}   {row['target']}".rstrip()
        )


def summary(store: str, count: int, night: str, pairs: list[dict[str, tuple[float, float, int]]]) -> dict[str, object]:
    """Return one line: medians, and the ratio pair by pair."""
    ratio = median(one["product"][0] / one["floor"][0] for one in pairs)
    peak = max(one["product"][1] for one in pairs)
    return {
        "store": store,
        "youths": count,
        "night": night,
        "floor_cpu": median(one["floor"][0] for one in pairs),
        "cpu": median(one["product"][0] for one in pairs),
        "ratio": ratio,
        "us_per_youth": median(one["product"][0] for one in pairs) / count * 1e6,
        "peak_mib": peak,
        "target": verdict(night, ratio, peak) if (store, count) == TARGETED else "",
    }


def verdict(night: str, ratio: float, peak: float) -> str:
    """Return the targets of this night, and whether they hold."""
    holds = ratio <= TARGETS[night] and peak <= PEAK_MIB
    return f"target {TARGETS[night]:.2f}, {PEAK_MIB} MiB: {'met' if holds else 'missed'}"


if __name__ == "__main__":
    main()
