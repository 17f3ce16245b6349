"""SOAP 1.1 and 1.2: zeep makes the envelope, our HTTP client carries it, our parser reads the answer.

Answers are plain lxml elements for one positional walk: zeep's objects would cost ten times as much (performance 2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from kaa_bridge.errors import KaaError, Unreachable
from kaa_bridge.transport.http import HttpClient, HttpResponse, expect_ok
from kaa_bridge.transport.problems import in_doubt, not_sent, problem
from kaa_bridge.transport.wsdl import Wsdl
from kaa_bridge.transport.xml import local_name, parse_xml

_ENVELOPES = frozenset({"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"})
_STANDARD = frozenset(
    {"VersionMismatch", "MustUnderstand", "DataEncodingUnknown", "Client", "Server", "Sender", "Receiver"}
)
UNLISTED = "unlisted"
"""Stands for a fault code that is neither SOAP's own nor listed by the profile."""
_MAY_CARRY_FAULT = frozenset({400, 500})
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


class SoapFault(Unreachable):
    """The service answered with a fault: a whole answer, so a journal may look its code up in its list of refusals.

    Attributes:
        fault: one of SOAP's own codes, or one that the profile lists, or ``unlisted``; never free text.
    """

    def __init__(self, fault: str, host: str, system: str | None) -> None:
        """Keep the code only; ``host`` is for the text."""
        made = problem("soap_fault", system, host=host, fault=fault)
        super().__init__(made.code, made.message, remedy=made.remedy, system=system)
        self.fault = fault


class SoapClient:
    """Calls the operations of one port."""

    def __init__(
        self,
        *,
        wsdl: Path,
        endpoint: str,
        http: HttpClient,
        service: str | None = None,
        port: str | None = None,
        username_token: tuple[str, str] | None = None,
        digest: bool = False,
        known_faults: frozenset[str] = frozenset(),
        fault_element: str | None = None,
    ) -> None:
        """Remember everything; the WSDL is compiled at the first call.

        Args:
            wsdl: local file, packaged or configured; see ``Wsdl``.
            endpoint: where calls go, absolute or relative to the HTTP client's base address.
            http: carries the calls; closed by whoever made it.
            username_token: user and password for WS-Security; HTTP basic goes to ``HttpClient(auth=…)`` instead.
            digest: whether the UsernameToken's password goes as a digest.
            known_faults: fault codes, beside SOAP's own, that the profile lists and that may be told.
            fault_element: local name of the element in the fault's detail that holds the code, where it does.
        """
        self._http, self._endpoint, self._path = http, endpoint, wsdl
        self._service, self._port = service, port
        self._token = (*username_token, digest) if username_token else None
        self._known, self._fault_element = known_faults | _STANDARD, fault_element
        self._compiled: Wsdl | None = None

    @property
    def wsdl(self) -> Wsdl:
        """The compiled WSDL; compiled when first asked for."""
        if self._compiled is None:
            self._compiled = Wsdl(
                self._path,
                self._http.absolute(self._endpoint),
                service=self._service,
                port=self._port,
                username_token=self._token,
                system=self._http.system,
            )
        return self._compiled

    def call(self, operation: str, arguments: Mapping[str, Any]) -> etree._Element:
        """Call an operation that only reads; retried as a read is.

        Returns:
            The first child of the answer's Body.

        Raises:
            SoapFault: the service answered with a fault.
            Unreachable: no usable answer.
            ConfigurationInvalid: WSDL, operation, arguments, address, credentials or certificate.
        """
        data, headers = self.wsdl.envelope(operation, arguments)
        answer = self._http.read_post(self._endpoint, body=data, headers=headers)
        return self._read(answer)

    def send_once(self, operation: str, arguments: Mapping[str, Any], *, deadline: float) -> etree._Element:
        """Call an operation that writes, once; see ``HttpClient.send_once``.

        Returns:
            The first child of the answer's Body.

        Raises:
            NoteNotSent: no byte was written (a wrong WSDL, operation or argument included).
            SoapFault: the service answered with a fault: refused or in doubt, by the journal's list.
            NoteInDoubt: everything else.
        """
        try:
            data, headers = self.wsdl.envelope(operation, arguments)
        except KaaError as error:
            raise not_sent(error) from None
        answer = self._http.send_once("POST", self._endpoint, body=data, headers=headers, deadline=deadline)
        try:
            return self._read(answer)
        except SoapFault:
            raise
        except KaaError as error:
            raise in_doubt(error) from None

    def _read(self, answer: HttpResponse) -> etree._Element:
        if answer.status in _MAY_CARRY_FAULT:
            self._raise_fault(answer)
        expect_ok(answer, self._http.system)
        if answer.headers.get("content-type", "").lower().startswith("multipart/"):
            raise problem("not_soap", self._http.system, host=answer.host, why="it comes in several parts")
        first = _first_of_body(parse_xml(answer.body, self._http.system))
        if first is None:
            raise problem("not_soap", self._http.system, host=answer.host, why="envelope or body is missing or empty")
        if _is_fault(first):
            raise SoapFault(self._fault_code(first), answer.host, self._http.system)
        return first

    def _raise_fault(self, answer: HttpResponse) -> None:
        """Raise the fault that a failing status carries; return when it carries none."""
        try:
            first = _first_of_body(parse_xml(answer.body, self._http.system))
        except KaaError:
            return
        if first is not None and _is_fault(first):
            raise SoapFault(self._fault_code(first), answer.host, self._http.system)

    def _fault_code(self, fault: etree._Element) -> str:
        """Return the most specific code that is listed."""
        texts = [
            (local_name(item.tag), (item.text or "").strip()) for item in fault.iter() if isinstance(item.tag, str)
        ]
        own = [text for name, text in texts if name == self._fault_element]
        codes = [text for name, text in texts if name in ("faultcode", "Value")]
        for text in [*own, *reversed(codes)]:
            if not _CODE.fullmatch(text):
                continue
            bare = text.rpartition(":")[2]
            for candidate in (text, bare, bare.partition(".")[0]):
                if candidate in self._known:
                    return candidate
        return UNLISTED


def _first_of_body(root: etree._Element) -> etree._Element | None:
    namespace, _, name = root.tag.removeprefix("{").rpartition("}")
    if name != "Envelope" or namespace not in _ENVELOPES:
        return None
    body = root.find(f"{{{namespace}}}Body")
    return body[0] if body is not None and len(body) else None


def _is_fault(element: etree._Element) -> bool:
    namespace, _, name = element.tag.removeprefix("{").rpartition("}")
    return name == "Fault" and namespace in _ENVELOPES
