"""The client against Prism, a mock server of somebody else's, serving the official SS 12000 documents.

Prism checks every question against the document and answers with random data that follows it, so it is also a server
that ignores filters and hands out tokens at random: the client must then say so by code, and nothing worse may happen.
Needs npm (any recent Node); Prism itself is fetched once, in the version below, into the folder for temporary files.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kaa_adapter_ist import IstSource
from kaa_adapter_ist.cursor import Cursor
from kaa_bridge.contract import Page, Proof, PullRequest, SourceContext
from kaa_bridge.errors import KaaError
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.ist import IstSimulator

PRISM = "5.16.0"
SPECS = Path(__file__).parents[3] / "shared" / "reference" / "specs" / "ss12000"
AS_OF = date(2026, 3, 2)
HONEST = {"ist_filter_ignored", "ist_token_repeated", "ist_pages_empty", "ist_pages_endless", "ist_pages_repeated"}
"""What the client may say of a server that answers at random."""


def _installed() -> Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on this machine: the client was NOT run against Prism")
    folder = Path(tempfile.gettempdir()) / f"kaa-bridge-prism-{PRISM}"
    program = folder / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    if not program.exists():
        folder.mkdir(exist_ok=True)
        wanted = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"@stoplight/prism-cli@{PRISM}"]
        done = subprocess.run(wanted, capture_output=True, timeout=300, check=False)
        if done.returncode or not program.exists():
            pytest.skip(f"npm could not fetch Prism {PRISM}: the client was NOT run against Prism")
    return program


@contextmanager
def _prism(document: Path, log: Path) -> Iterator[str]:
    program, node = _installed(), shutil.which("node")
    assert node
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [node, str(program), "mock", "--dynamic", "-h", "127.0.0.1", "-p", port, str(document)]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            until = time.monotonic() + 60
            while "Prism is listening" not in log.read_text(encoding="utf-8", errors="replace"):
                assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-2000:]
                assert time.monotonic() < until, "Prism did not start"
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _pull(source: IstSource, cursor: str | None) -> Proof | str:
    try:
        for item in source.pull(PullRequest(as_of=AS_OF, cursor=cursor)):
            if isinstance(item, Proof):
                return item
            assert isinstance(item, Page)
            for record in item.records:
                assert source.parse(record)["id"]
    except KaaError as error:
        return error.code
    raise AssertionError("a pull ends with a proof or an error")


def _removed(source: IstSource) -> None:
    with suppress(KaaError):  # what the client may say of random answers is asked of the pulls
        list(source._deleted("2026-03-01T22:55:00Z"))


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_every_question_of_the_client_is_accepted_by_prism(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = SPECS / f"openapi_ss12000_{version}.0.yaml"
    if not document.exists():
        pytest.skip(f"the official SS 12000 document is not here ({document.name}): Prism has nothing to serve")
    log = tmp_path / "prism.log"
    with IstSimulator(build(1, as_of=AS_OF, size=1)) as tokens, _prism(document, log) as url:
        settings = {**tokens.connection(), "url": url, "delta": True, "max_pages": 40}
        source = IstSource(SourceContext(name="ist", municipality="2303", settings=settings))
        assert source.check().ok
        outcomes = [_pull(source, None) for _ in range(30)]
        # Prism invents other organisations each time, so no pull would ever be a delta.
        monkeypatch.setattr(source._references, "fingerprint", lambda: b"the same")
        cursor = Cursor(datetime(2026, 3, 1, 23, tzinfo=UTC), AS_OF, b"the same".hex()).written()
        outcomes += [_pull(source, cursor) for _ in range(30)]
        for _ in range(5):
            _removed(source)
        said = set[str]()
        for _ in range(3):
            try:
                source.fetch_person("209001012381")
            except KaaError as error:
                said.add(error.code)
        source.close()
    assert {outcome for outcome in outcomes if isinstance(outcome, str)} <= HONEST
    assert any(isinstance(outcome, Proof) for outcome in outcomes)
    assert said <= {"ist_filter_ignored"}
    told = log.read_text(encoding="utf-8", errors="replace")
    for question in ("get /persons", "get /deletedEntities", "post /persons/lookup", "get /organisations"):
        assert told.count(f"[HTTP SERVER] {question} ") > 2, f"{question} was hardly asked"
    assert told.count("The request passed the validation rules") > 80
    assert "Violation: request" not in told


@pytest.mark.slow
def test_prism_does_refuse_a_wrong_question(tmp_path: Path) -> None:
    document = SPECS / "openapi_ss12000_2.1.0.yaml"
    if not document.exists():
        pytest.skip(f"the official SS 12000 document is not here ({document.name}): Prism has nothing to serve")
    log = tmp_path / "prism.log"
    with IstSimulator(build(1, as_of=AS_OF, size=1)) as tokens, _prism(document, log) as url:
        settings = {**tokens.connection(), "url": url, "page_size": 5}
        source = IstSource(SourceContext(name="ist", municipality="2303", settings=settings))
        with pytest.raises(KaaError) as caught:
            source._asker.get("organisations", {"limit": "none"}, key="organisations")
        source.close()
    assert caught.value.code in {"ist_question_refused", "request_refused"}
    assert "Violation: request" in log.read_text(encoding="utf-8", errors="replace")
