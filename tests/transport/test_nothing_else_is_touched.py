"""A whole round of reads, a send, SOAP and files: no other host is resolved or connected, no other file opened."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import trustme

from kaa_bridge.testing.fault_server import Answer, FaultServer, Seen
from kaa_bridge.transport.files import FileDrop, find_file, iterate_records, read_drop
from kaa_bridge.transport.http import HttpClient, HttpSettings
from kaa_bridge.transport.oauth import ClientCredentials
from kaa_bridge.transport.soap import SoapClient
from tests.transport.certificates import server_context
from tests.transport.guarded import touched

WSDL = Path(__file__).parent / "wsdl" / "list.wsdl"
ENVELOPE = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r/></s:Body></s:Envelope>'


def _answer(seen: Seen) -> Answer:
    if seen.target == "/token":
        return Answer(body=b'{"access_token": "t", "token_type": "Bearer", "expires_in": 60}')
    if seen.target == "/soap":
        return Answer(body=ENVELOPE, content_type="text/xml")
    return Answer()


def _use_everything(server: FaultServer, bundle: Path, folder: Path) -> None:
    settings = HttpSettings(url=server.url, ca_bundle=bundle)
    with HttpClient(settings) as tokens:
        auth = ClientCredentials(tokens, "token", client_id="c", client_secret="s")
        with HttpClient(settings, auth=auth) as client:
            client.get("x", params={"a": "b"}).json()
            client.send_once("POST", "n", body=b"n", deadline=time.monotonic() + 5)
            SoapClient(wsdl=WSDL, endpoint="soap", http=client).call("ListRows", {"page": 1})
    drop = FileDrop(folder=folder, pattern="*.csv", stable_seconds=0.0)
    list(read_drop(drop, find_file(drop)).rows)
    assert len(list(iterate_records(folder / "in.xml", "r"))) == 1


def test_only_the_named_hosts_and_files_are_touched(tmp_path: Path) -> None:
    ca = trustme.CA()
    bundle = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(bundle))
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "in.csv").write_bytes(b"a;b\n1;2\n")
    (folder / "in.xml").write_bytes(b"<l><r/></l>")
    with FaultServer(_answer, tls=server_context(ca.issue_cert("127.0.0.1"))) as server:
        with touched() as seen:
            _use_everything(server, bundle, folder)
        port = server.port
    allowed = {str(path) for path in (WSDL, WSDL.parent / "types.xsd", folder / "in.csv", folder / "in.xml")}
    opened = {what for event, what in seen if event == "open" and not what.startswith((sys.prefix, sys.base_prefix))}
    assert opened <= allowed
    assert {what for event, what in seen if event == "socket.getaddrinfo"} == {"127.0.0.1"}
    assert {what for event, what in seen if event == "socket.connect"} == {f"('127.0.0.1', {port})"}
    assert {event for event, _ in seen} == {"open", "socket.getaddrinfo", "socket.connect"}
