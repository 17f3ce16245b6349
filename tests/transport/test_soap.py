"""SOAP 1.1 and 1.2 over real sockets: envelopes, faults, doubts, and what a WSDL may not do."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kaa_bridge.errors import ConfigurationInvalid, KaaError, NoteInDoubt, NoteNotSent, Unreachable
from kaa_bridge.testing.fault_server import Answer, FaultServer
from kaa_bridge.transport.http import BasicAuth, HttpClient, HttpSettings
from kaa_bridge.transport.soap import UNLISTED, SoapClient, SoapFault
from kaa_bridge.transport.xml import element_to_mapping, parse_xml
from tests.transport.guarded import touched

WSDL = Path(__file__).parent / "wsdl" / "list.wsdl"
NS11 = "http://schemas.xmlsoap.org/soap/envelope/"
NS12 = "http://www.w3.org/2003/05/soap-envelope"
ROWS = '<ListRowsResponse xmlns="urn:example:list"><row>1</row><row>2</row></ListRowsResponse>'


def _envelope(body: str, namespace: str = NS11) -> bytes:
    return f'<s:Envelope xmlns:s="{namespace}"><s:Header/><s:Body>{body}</s:Body></s:Envelope>'.encode()


def _fault11(code: str, detail: str = "") -> str:
    text = "Personnummer 20080101-1234 Anna Andersson"
    return f"<s:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring><detail>{detail}</detail></s:Fault>"


def _fault12(code: str, sub: str) -> str:
    return (
        f"<s:Fault><s:Code><s:Value>s:{code}</s:Value><s:Subcode><s:Value>x:{sub}</s:Value></s:Subcode></s:Code>"
        "<s:Reason><s:Text xml:lang='sv'>Anna Andersson</s:Text></s:Reason></s:Fault>"
    )


class Service:
    def __init__(self) -> None:
        self.answer = Answer(200, _envelope(ROWS), "text/xml; charset=utf-8")

    def say(self, body: bytes, status: int = 200, kind: str = "text/xml; charset=utf-8") -> None:
        self.answer = Answer(status, body, kind)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def server(service: Service) -> Iterator[FaultServer]:
    with FaultServer(lambda _seen: service.answer) as running:
        yield running


@pytest.fixture
def http(server: FaultServer) -> Iterator[HttpClient]:
    settings = HttpSettings(url=server.url, total_seconds=2, idle_seconds=0.5, attempts=2)
    with HttpClient(settings, system="qore", sleep=lambda _: None) as client:
        yield client


def _soap(http: HttpClient, port: str | None = None, *faults: str, element: str | None = None) -> SoapClient:
    return SoapClient(
        wsdl=WSDL, endpoint="soap", http=http, port=port, known_faults=frozenset(faults), fault_element=element
    )


@pytest.mark.parametrize(
    ("port", "namespace", "kind"),
    [("Soap11", NS11, "text/xml; charset=utf-8"), ("Soap12", NS12, "application/soap+xml; charset=utf-8; action=")],
)
def test_a_call_goes_to_the_configured_endpoint(
    server: FaultServer, service: Service, http: HttpClient, port: str, namespace: str, kind: str
) -> None:
    service.say(_envelope(ROWS, namespace), kind=kind.partition(" action")[0])
    answer = _soap(http, port).call("ListRows", {"page": 3, "since": date(2026, 1, 2), "text": "å<&]]>"})
    assert element_to_mapping(answer) == {"row": ["1", "2"]}
    (seen,) = server.seen
    assert seen.target == "/soap"
    assert (seen.header("content-type") or "").startswith(kind)
    action = seen.header("soapaction") if port == "Soap11" else seen.header("content-type")
    assert '"urn:example:list/ListRows"' in (action or "")
    sent = parse_xml(seen.body)
    assert sent.tag == f"{{{namespace}}}Envelope"
    expected = {"page": "3", "since": "2026-01-02", "text": "å<&]]>"}
    assert element_to_mapping(sent) == {"Body": {"ListRows": expected}}


def test_username_token(server: FaultServer, http: HttpClient) -> None:
    plain = SoapClient(wsdl=WSDL, endpoint="soap", http=http, username_token=("kåa", "hemligt"))
    plain.call("ListRows", {"page": 1})
    digest = SoapClient(wsdl=WSDL, endpoint="soap", http=http, username_token=("kåa", "hemligt"), digest=True)
    digest.call("ListRows", {"page": 1})
    first, second = (parse_xml(seen.body) for seen in server.seen)
    token = first.find(".//{*}UsernameToken")
    assert token is not None
    assert token.findtext("{*}Username") == "kåa"
    assert token.findtext("{*}Password") == "hemligt"
    other = second.find(".//{*}UsernameToken")
    assert other is not None
    assert other.findtext("{*}Password") != "hemligt"
    assert other.findtext("{*}Nonce")
    assert other.findtext("{*}Created")


def test_http_basic(server: FaultServer) -> None:
    with HttpClient(HttpSettings(url=server.url), auth=BasicAuth("a", "b")) as client:
        _soap(client).call("ListRows", {"page": 1})
    assert server.seen[0].header("authorization") == "Basic YTpi"


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("s:Server", "Server"),
        ("s:Client", "Client"),
        ("Client.Authentication", "Client"),
        ("q:NotFound", "NotFound"),
        ("AnnaAndersson", UNLISTED),
        ("200801011234", UNLISTED),
        ("", UNLISTED),
        ("x" * 500, UNLISTED),
    ],
)
def test_a_fault_is_told_by_a_listed_code_only(
    service: Service, http: HttpClient, status: int, code: str, told: str
) -> None:
    service.say(_envelope(_fault11(code)), status)
    with pytest.raises(SoapFault) as caught:
        _soap(http, None, "NotFound").call("ListRows", {"page": 1})
    assert caught.value.fault == told
    assert "Anna" not in repr(caught.value) + caught.value.message + caught.value.remedy
    assert "2008" not in repr(caught.value)


def test_the_most_specific_listed_code_is_told(service: Service, http: HttpClient) -> None:
    service.say(_envelope(_fault12("Sender", "Unknown"), NS12), 400, "application/soap+xml")
    with pytest.raises(SoapFault) as caught:
        _soap(http, "Soap12", "Unknown").call("ListRows", {"page": 1})
    assert caught.value.fault == "Unknown"
    service.say(_envelope(_fault11("s:Server", "<e><ErrorCode>4711</ErrorCode></e>")), 500)
    with pytest.raises(SoapFault) as caught:
        _soap(http, None, "4711", element="ErrorCode").call("ListRows", {"page": 1})
    assert caught.value.fault == "4711"


NOT_SOAP = {
    "no_envelope": b"<a/>",
    "other_namespace": _envelope(ROWS, "urn:other"),
    "no_body": f'<s:Envelope xmlns:s="{NS11}"/>'.encode(),
    "empty_body": _envelope(""),
    "html": b"<!DOCTYPE html><html></html>",
    "doctype": b"<!DOCTYPE a><a/>",
    "cut": _envelope(ROWS)[:-9],
    "empty": b"",
    "json": b"{}",
}


@pytest.mark.parametrize("body", NOT_SOAP.values(), ids=NOT_SOAP)
def test_what_is_no_answer_is_refused_and_a_send_is_in_doubt(service: Service, http: HttpClient, body: bytes) -> None:
    service.say(body)
    with pytest.raises(Unreachable) as caught:
        _soap(http).call("ListRows", {"page": 1})
    assert caught.value.code in ("not_soap", "not_xml", "doctype")
    with pytest.raises(NoteInDoubt) as doubt:
        _soap(http).send_once("ListRows", {"page": 1}, deadline=time.monotonic() + 5)
    assert doubt.value.code == caught.value.code


@pytest.mark.parametrize("fault", ["multipart", "status_500", "status_404", "status_401", "redirect_302", "no_content"])
def test_failing_statuses(server: FaultServer, http: HttpClient, fault: str) -> None:
    server.always(fault)
    expected = {
        "multipart": "not_soap",
        "status_500": "server_error",
        "status_404": "not_found",
        "status_401": "credentials_refused",
        "redirect_302": "redirected",
        "no_content": "not_xml",
    }
    with pytest.raises(KaaError) as caught:
        _soap(http).call("ListRows", {"page": 1})
    assert caught.value.code == expected[fault]
    with pytest.raises(NoteInDoubt) as doubt:
        _soap(http).send_once("ListRows", {"page": 1}, deadline=time.monotonic() + 5)
    assert doubt.value.code == expected[fault]


def test_a_send_gives_its_answer_or_its_fault(server: FaultServer, service: Service, http: HttpClient) -> None:
    soap = _soap(http, None, "NoSuchPerson")
    answer = soap.send_once("ListRows", {"page": 1}, deadline=time.monotonic() + 5)
    assert element_to_mapping(answer) == {"row": ["1", "2"]}
    service.say(_envelope(_fault11("s:NoSuchPerson")), 500)
    with pytest.raises(SoapFault) as caught:
        soap.send_once("ListRows", {"page": 1}, deadline=time.monotonic() + 5)
    assert caught.value.fault == "NoSuchPerson"
    assert len(server.seen) == 2
    with pytest.raises(NoteNotSent, match="deadline_passed"):
        soap.send_once("ListRows", {"page": 1}, deadline=time.monotonic())
    with pytest.raises(NoteNotSent, match="operation_unknown"):
        soap.send_once("Other", {}, deadline=time.monotonic() + 5)
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    "arguments", [{}, {"page": 1, "Anna": "x"}, {"page": object()}, {"page": 1.5}, {"page": 1, "text": "\x00"}]
)
def test_wrong_arguments_are_named_without_their_values(http: HttpClient, arguments: dict[str, object]) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        _soap(http).wsdl.envelope("ListRows", arguments)
    assert caught.value.code == "arguments_refused"
    assert "Anna" not in repr(caught.value)


def _variant(tmp_path: Path, old: str, new: str) -> Path:
    (tmp_path / "wsdl").mkdir(exist_ok=True)
    (tmp_path / "wsdl" / "types.xsd").write_bytes((WSDL.parent / "types.xsd").read_bytes())
    text = WSDL.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "wsdl" / "list.wsdl"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


INCLUDE = '<xs:include schemaLocation="types.xsd"/>'


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:9/types.xsd",
        "https://trap.example/types.xsd",
        "file:///etc/passwd",
        "/etc/passwd",
        "../outside.xsd",
        "ftp://trap.example/types.xsd",
        "//trap.example/types.xsd",
        "linked.xsd",
        "missing.xsd",
    ],
)
@pytest.mark.parametrize("kind", ["include", "import"])
def test_a_wsdl_reaches_nothing_outside_its_folder(tmp_path: Path, http: HttpClient, location: str, kind: str) -> None:
    (tmp_path / "outside.xsd").write_bytes((WSDL.parent / "types.xsd").read_bytes())
    namespace = 'namespace="urn:o"' if kind == "import" else ""
    element = f'<xs:{kind} {namespace} schemaLocation="{location}"/>'
    path = _variant(tmp_path, INCLUDE, INCLUDE + element)
    (path.parent / "linked.xsd").symlink_to(tmp_path / "outside.xsd")
    with touched() as seen, pytest.raises(ConfigurationInvalid, match="wsdl_unusable"):
        SoapClient(wsdl=path, endpoint="soap", http=http).wsdl.operations()
    opened = {what for event, what in seen if event == "open"}
    assert {str(Path(what).parent)[: len(str(path.parent))] for what in opened} <= {str(path.parent)}
    assert {event for event, _ in seen} <= {"open"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<wsdl:definitions", "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><wsdl:definitions"),
        ("</wsdl:definitions>", ""),
        ('binding="t:B11"', 'binding="t:none"'),
        ("http://schemas.xmlsoap.org/soap/http", "http://schemas.xmlsoap.org/soap/smtp"),
    ],
)
def test_a_broken_wsdl_is_named(tmp_path: Path, http: HttpClient, old: str, new: str) -> None:
    path = _variant(tmp_path, old, new)
    with pytest.raises(ConfigurationInvalid, match="wsdl_unusable"):
        SoapClient(wsdl=path, endpoint="soap", http=http, port="Soap11").wsdl.operations()


def test_unknown_service_port_or_file(http: HttpClient, tmp_path: Path) -> None:
    for client in (
        SoapClient(wsdl=WSDL, endpoint="soap", http=http, port="None"),
        SoapClient(wsdl=WSDL, endpoint="soap", http=http, service="None"),
        SoapClient(wsdl=tmp_path / "missing.wsdl", endpoint="soap", http=http),
    ):
        with pytest.raises(ConfigurationInvalid, match="wsdl_unusable"):
            client.call("ListRows", {"page": 1})


def test_the_endpoint_must_be_allowed(http: HttpClient) -> None:
    with pytest.raises(ConfigurationInvalid, match="host_not_allowed"):
        SoapClient(wsdl=WSDL, endpoint="https://trap.example/soap", http=http).call("ListRows", {"page": 1})


def test_zeep_logs_no_envelope(http: HttpClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _soap(http).call("ListRows", {"page": 1, "text": "canary"})
    assert "canary" not in caplog.text
    assert http.absolute("soap") not in caplog.text


def test_zeep_is_imported_late() -> None:
    imports = "import sys, kaa_bridge.transport.soap, kaa_bridge.transport.files"
    code = f"{imports}; print('zeep' in sys.modules, 'openpyxl' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
