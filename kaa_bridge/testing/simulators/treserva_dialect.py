"""What a dialect of the simulated Treserva must be: how canonical fields are read and written on the wire.

Treserva's own interface is not public. A dialect of another shape (other names, nesting, codes) can be given to the
simulator to prove that an installation is met by editing the mapping.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from kaa_bridge.testing.simulators.journal_notes import SimulatedNote
from kaa_bridge.testing.simulators.treserva_codes import SimulatedEvent

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


class Place(NamedTuple):
    """Where a page lies: its number from 1, how many pages there are, and how many rows in all."""

    page: int
    pages: int
    total: int


class Refusal(Exception):
    """The simulated journal does not store the note; ``code`` is its own code."""

    def __init__(self, code: str, text: str = "") -> None:
        """Keep the code, and the text that real systems fill with personal data."""
        super().__init__(code)
        self.code = code
        self.text = text


class Dialect(ABC):
    """Reads requests and writes answers of one shape; canonical operations ``create find list events check``."""

    @abstractmethod
    def operation_of(self, asked: etree._Element) -> str:
        """Return the canonical operation of the first element in the SOAP body, ``unknown`` if it is none."""

    @abstractmethod
    def read(self, operation: str, asked: etree._Element) -> dict[str, str]:
        """Return the request's canonical fields (``module``, ``person_number``, ``reference``, ``first`` …)."""

    @abstractmethod
    def receipt(self, *, journal_id: str, reference: str, note: SimulatedNote) -> etree._Element:
        """Answer a stored note; an empty id or reference leaves it out."""

    @abstractmethod
    def refused(self, refusal: Refusal) -> etree._Element | None:
        """Answer a refusal in the body, or ``None`` where this dialect refuses by a SOAP Fault."""

    @abstractmethod
    def notes(self, operation: str, notes: Sequence[SimulatedNote], place: Place) -> etree._Element:
        """Answer a look-up or a listing."""

    @abstractmethod
    def events(self, events: Sequence[SimulatedEvent], place: Place) -> etree._Element:
        """Answer a reading of events."""

    @abstractmethod
    def alive(self) -> etree._Element:
        """Answer the harmless call."""

    def fault_detail(self, code: str) -> etree._Element:
        """Return the element under ``detail`` of a SOAP Fault."""
        return element("{urn:kaa-bridge:example:fault}Fel", {"Felkod": code})


def element(name: str, texts: Mapping[str, str], children: Iterable[etree._Element] = ()) -> etree._Element:
    """Return an element with text children (an empty text is left out) in its own namespace, then other children."""
    made = etree.Element(name)
    namespace = etree.QName(made).namespace
    for key, text in texts.items():
        if text:
            etree.SubElement(made, etree.QName(namespace, key)).text = text
    made.extend(list(children))
    return made


def local_texts(parent: etree._Element) -> dict[str, str]:
    """Return the text of each child by local name."""
    return {etree.QName(child).localname: child.text or "" for child in parent}
