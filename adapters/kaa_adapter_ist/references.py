"""Organisations and programmes: what the references in an enrolment stand for."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec

from kaa_adapter_ist.asking import Asker
from kaa_adapter_ist.paging import list_pages
from kaa_adapter_ist.problems import problem

_PARTS_OF_PROGRAMMES = frozenset({"Programinriktning", "Utgång"})
_DEEPEST = 4
"""Utgång, inriktning, programme, and one to spare: a chain of parents is followed no further."""


class _Reference(msgspec.Struct):
    id: str


class Organisation(msgspec.Struct):
    """What is kept of an organisation."""

    id: str
    schoolUnitCode: str | None = None  # noqa: N815 - the standard's name


class Programme(msgspec.Struct):
    """What is kept of a programme; 2.0 does not require the id, and without it nothing can refer to it."""

    id: str | None = None
    code: str | None = None
    type: str | None = None
    parentProgramme: _Reference | None = None  # noqa: N815 - the standard's name


_ORGANISATION = msgspec.json.Decoder(Organisation)
_PROGRAMME = msgspec.json.Decoder(Programme)


class References:
    """The organisations and programmes of one server."""

    def __init__(self, asker: Asker) -> None:
        """Know nothing yet."""
        self._asker = asker
        self.units: dict[str, str | None] = {}
        self.programmes: dict[str, Programme] = {}
        self._told: dict[str, dict[str, str]] = {}

    def load(self) -> None:
        """Read both lists to their end; raises as ``list_pages``."""
        paths = self._asker.dialect.paths
        self.units.clear()
        self.programmes.clear()
        self._told.clear()
        for page in list_pages(self._asker, paths.organisations, {}, key="organisations"):
            self._take_units(page)
        if paths.programmes:
            for page in list_pages(self._asker, paths.programmes, {}, key="programmes"):
                self._take_programmes(page)

    def fingerprint(self) -> bytes:
        """Return 16 bytes that change whenever an enrolment could be read otherwise."""
        programmes = sorted((key, *self._programme(key)) for key in self.programmes)
        told = msgspec.json.encode([sorted(self.units.items()), programmes])
        return blake2b(told, digest_size=16).digest()

    def enrich(self, enrolment: dict[str, Any]) -> None:
        """Add ``_schoolUnitCode``, ``_programmeCode`` and ``_programmeType`` where the references can be resolved."""
        unit, programme = enrolment.get("enroledAt"), enrolment.get("programme")
        if unit.__class__ is dict and (key := unit.get("id")).__class__ is str and (code := self.units.get(key)):
            enrolment["_schoolUnitCode"] = code
        if programme.__class__ is dict and (key := programme.get("id")).__class__ is str:
            told = self._told.get(key)
            enrolment.update(self._tell(key) if told is None else told)

    def look_up(self, enrolments: Iterable[dict[str, Any]]) -> None:
        """Ask for what the enrolments refer to and is not known yet, by ``lookup`` (for a single person)."""
        asker, paths, found = self._asker, self._asker.dialect.paths, list(enrolments)
        units = {_referred(enrolment.get("enroledAt")) for enrolment in found} - {"", *self.units}
        if units and paths.organisations_lookup:
            path = paths.organisations_lookup
            self._take_units(asker.lookup(path, "ids", sorted(units), key="organisations_lookup"))
        wanted = {_referred(enrolment.get("programme")) for enrolment in found} - {""}
        for _ in range(_DEEPEST if paths.programmes_lookup else 0):
            wanted -= set(self.programmes)
            if not wanted:
                break
            path = paths.programmes_lookup
            self._take_programmes(asker.lookup(path, "ids", sorted(wanted), key="programmes_lookup"))
            known = (self.programmes[key] for key in wanted if key in self.programmes)
            wanted = {one.parentProgramme.id for one in known if one.parentProgramme}

    def _tell(self, key: str) -> dict[str, str]:
        """Return what a programme adds to an enrolment, and remember it: pupils by the thousand read a few of them."""
        code, kind = self._programme(key)
        told = {name: value for name, value in (("_programmeCode", code), ("_programmeType", kind)) if value}
        if key in self.programmes:
            self._told[key] = told
        return told

    def _programme(self, key: str) -> tuple[str | None, str | None]:
        """Return the programme's own code (or the nearest one above it) and the type of the whole programme."""
        code: str | None = None
        for _ in range(_DEEPEST):
            programme = self.programmes.get(key)
            if programme is None:
                return code, None
            code = code or programme.code
            if programme.type not in _PARTS_OF_PROGRAMMES or programme.parentProgramme is None:
                return code, programme.type
            key = programme.parentProgramme.id
        return code, None

    def _take_units(self, data: Iterable[msgspec.Raw]) -> None:
        try:
            found = [_ORGANISATION.decode(raw) for raw in data]
        except msgspec.MsgspecError:
            raise self._not_standard(
                "organisations", "an organisation has an id and, if any, a school unit code"
            ) from None
        self.units.update((one.id, one.schoolUnitCode) for one in found)

    def _take_programmes(self, data: Iterable[msgspec.Raw]) -> None:
        try:
            found = [_PROGRAMME.decode(raw) for raw in data]
        except msgspec.MsgspecError:
            raise self._not_standard("programmes", "a programme has an id, a code and a type") from None
        self.programmes.update((one.id, one) for one in found if one.id)
        self._told.clear()

    def _not_standard(self, path: str, why: str) -> Exception:
        return problem("ist_not_ss12000", self._asker.system, host=self._asker.host, path=path, why=why)


def _referred(reference: object) -> str:
    """Return the id that a reference holds, nothing where it is no reference."""
    key = reference.get("id") if isinstance(reference, dict) else None
    return key if isinstance(key, str) else ""
