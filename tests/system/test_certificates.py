"""A certificate that has expired, and one for another host: named as such, exit code 3, and the rest goes on."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from kaa_bridge.testing.world import World
from tests.system.conftest import Cli
from tests.system.test_canaries import leaks
from tests.system.test_trouble import edit, source


@contextmanager
def https(folder: Path, authority: trustme.CA, leaf: trustme.LeafCert) -> Iterator[str]:
    """Serve over TLS with the certificate; nobody should get as far as asking anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """The client is expected to hang up."""

    with Quiet(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(5)


@pytest.mark.parametrize(("trouble", "code"), [("expired", "tls_expired"), ("wrong_host", "tls_wrong_host")])
def test_a_certificate_that_does_not_hold(world: World, night: Cli, cli: Cli, trouble: str, code: str) -> None:
    authority = trustme.CA()
    if trouble == "expired":
        leaf = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))
    else:
        leaf = authority.issue_cert("another.example")
    with https(world.folder, authority, leaf) as url:
        edit(world, f'url = "{world.qore.endpoint}"', f'url = "{url}/"\nca_bundle = "ca.pem"\nattempts = 1')
        struck = night()
        shown = cli("check", "--connect")
    assert struck.code == 3
    assert source(struck, "qore")["error"] == code
    assert source(struck, "ist")["state"] == "ok"
    assert shown.code == 3
    assert code in shown.out
    assert "certificate" in shown.out.lower()
    said = [("night", struck), ("check", shown)]
    assert not leaks([(name, (one.out + one.err).encode()) for name, one in said], world.population.canaries())
