"""What the simulated sources share: faults as knobs, over a real HTTP server on loopback."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from enum import StrEnum

from kaa_bridge.testing.simulators.http import Answer, SeenRequest, SimulatedServer

__all__ = ["Answer", "Fault", "SeenRequest", "SourceSimulator"]
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Logga in</title></head><body>Logga in med BankID</body></html>"


class Fault(StrEnum):
    """What a simulated source can do wrong. The first ones hold for every protocol, the rest concern the data."""

    DOWN = "down"
    """Hang up without a byte."""
    UNAVAILABLE = "unavailable"
    """Answer 503."""
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a fault
    """Answer 401 whatever the credentials are."""
    HANG = "hang"
    """Take the request and never answer."""
    SLOW = "slow"
    """Wait ``slow_seconds`` before the answer."""
    HALF_ANSWER = "half_answer"
    """Announce the whole answer, send half, hang up."""
    REDIRECT = "redirect"
    """Answer 302 to another address."""
    LOGIN_PAGE = "login_page"
    """Answer 200 with an HTML page."""
    RENAMED_FIELD = "renamed_field"
    """A field of every record has another name."""
    NEW_CODE = "new_code"
    """One record has a code that nobody has agreed on."""
    EMPTIED = "emptied"
    """The register is empty, and says so."""
    PAGE_LOOP = "page_loop"
    """Every page is the first one."""
    COUNT_MISMATCH = "count_mismatch"
    """The register says that it holds one record more than it gives."""
    TRUNCATED = "truncated"
    """Pages after the first are empty."""
    REPEATED_RECORD = "repeated_record"
    """The last record of a page comes again on the next."""
    MISSING_LIST = "missing_list"
    """The list of records has another name."""


PROTOCOL_FAULTS = frozenset(
    {
        *(Fault.DOWN, Fault.UNAVAILABLE, Fault.WRONG_PASSWORD, Fault.HANG, Fault.SLOW, Fault.HALF_ANSWER),
        *(Fault.REDIRECT, Fault.LOGIN_PAGE),
    }
)


class SourceSimulator(SimulatedServer):
    """A source on ``127.0.0.1`` and a free port; use it as a context manager.

    Attributes:
        faults: what it does wrong just now; add to it and take away from it at any time.
        fault_from: the faults hold from this request on (1 is the first): 2 lets a pull's first page through.
        slow_seconds: how long ``Fault.SLOW`` waits.
    """

    def __init__(self) -> None:
        """Prepare; nothing listens before the ``with`` block or ``start``."""
        super().__init__()
        self.faults: set[Fault] = set()
        self.fault_from = 1
        self.slow_seconds = 1.0

    @property
    def url(self) -> str:
        """``http://127.0.0.1:port``, without a path."""
        return self.origin

    @abstractmethod
    def answer(self, request: SeenRequest) -> Answer:
        """Answer one request; the faults that concern the data are the subclass's to carry out."""

    def fault(self, kind: Fault) -> bool:
        """Tell whether the fault holds for the request that is being answered."""
        return kind in self.faults and len(self._requests) >= self.fault_from

    def respond(self, request: SeenRequest) -> Answer:
        """Record the request and answer it, cut in half where that fault holds."""
        self.keep_request(request)
        answer = self._answered(request)
        return replace(answer, cut=True) if self.fault(Fault.HALF_ANSWER) else answer

    def _answered(self, request: SeenRequest) -> Answer:
        if self.fault(Fault.HANG):
            self._closing.wait(60)
            return Answer(drop=True)
        if self.fault(Fault.SLOW):
            self._closing.wait(self.slow_seconds)
        if self.fault(Fault.DOWN):
            return Answer(drop=True)
        if self.fault(Fault.UNAVAILABLE):
            return Answer(503, b"tillf\xc3\xa4lligt stopp")
        if self.fault(Fault.WRONG_PASSWORD):
            return Answer(401, headers={"WWW-Authenticate": 'Basic realm="test"'})
        if self.fault(Fault.REDIRECT):
            return Answer(302, headers={"Location": f"{self.url}/annanstans"})
        if self.fault(Fault.LOGIN_PAGE):
            return Answer(200, LOGIN_PAGE, "text/html; charset=utf-8")
        return self.answer(request)
