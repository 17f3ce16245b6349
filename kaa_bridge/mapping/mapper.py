"""Turns raw records into facts, by a mapping file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.facts import CompulsorySchooling
from kaa_bridge.domain.record import AbsenceTold, Identity, RecordFacts
from kaa_bridge.mapping.converters import CONVERTERS, MISS
from kaa_bridge.mapping.entries import compile_group, listed, maker, together
from kaa_bridge.mapping.load import MappingFile
from kaa_bridge.mapping.model import RuleModel
from kaa_bridge.mapping.named import named_places
from kaa_bridge.mapping.names import Unnamed
from kaa_bridge.mapping.paths import as_list, scalar
from kaa_bridge.mapping.problems import Finding, RecordRefused, Refused
from kaa_bridge.mapping.rules import Rule, compile_rule, getter, nothing, strongest
from kaa_bridge.mapping.shared import read_together
from kaa_bridge.mapping.verify import GROUPS
from kaa_bridge.mapping.written import Completes, Parts, straight, written

_FIELDS = RecordFacts.__struct_fields__
_COMPARED = ("number", "birth_date")
_SINGLES: dict[str, tuple[type[Fact], str | None]] = {
    "identity": (Identity, None),
    "compulsory_schooling": (CompulsorySchooling, "status"),
}
"""Facts that are one object: its class, and the field without which there is none (``None``: any field will do)."""
_WORTH_WRITING = 200
"""Records of a run after which the reading is written as one function: to write it costs what so many records do."""


class Mapped(Struct, frozen=True, gc=False):
    """One record as facts: its key at the source, the facts, and remarks about what could not be used.

    ``absences`` are not among the facts, since they may not be kept (see ``AbsenceTold``); ``None`` where the mapping
    reads none.
    """

    key: str
    facts: RecordFacts
    findings: tuple[Finding, ...]
    absences: tuple[AbsenceTold, ...] | None = None


class _Digits(dict[date, str]):
    """Dates as eight digits, made once each."""

    def __missing__(self, day: date) -> str:
        made = self[day] = day.isoformat().replace("-", "")
        return made


class Mapper:
    """A compiled mapping file. Holds the counts of one run; use one for each source and run, in one thread.

    Attributes:
        fingerprint: the mapping file's: changes when anything changes that the facts depend on.
    """

    def __init__(self, file: MappingFile, *, as_of: date, completes: Completes | None = None) -> None:
        """Compile the rules; ``as_of`` decides the century of ten-digit person numbers.

        ``completes`` is what an adapter of plain JSON says in ``Source.plain_json``.
        """
        self.fingerprint = file.fingerprint
        tree, rules = named_places(file), file.facts
        groups = {
            name: [compile_group(name, entry, file.codes, as_of, tree) for entry in getattr(rules, name)]
            for name in GROUPS
        }
        made = _compiled_facts(file, as_of)
        made.update({name: together([listed(group) for group in many]) for name, many in groups.items()})
        self._about = {name: made[name] for name in ("number", "protection")}
        self._absences = made["absences"] if rules.absences else None
        active = {name: made[name] for name in _FIELDS if made[name] is not nothing}
        self._rules = list(active.values())
        self._make = maker(RecordFacts, list(active))
        self._digits = _Digits() if rules.number and rules.birth_date else None
        self._number, self._birth = (list(active).index(name) if self._digits is not None else 0 for name in _COMPARED)
        self._key = _key_reader(file.record.key, as_of)
        self._unnamed = Unnamed(tree)
        self._birth_place = (rules.birth_date.path or ["."])[0] if rules.birth_date else "."
        self._parts = Parts(
            file=file,
            as_of=as_of,
            tree=tree,
            key=self._key,
            rules=active,
            singles=_SINGLES,
            lists={name: many[0] for name, many in groups.items() if len(many) == 1 and many[0].recall},
            digits=self._digits,
            compared=self._compared,
            facts=RecordFacts,
            mapped=Mapped,
        )
        self._completes = completes
        self._straight: Callable[[bytes], Mapped | None] | None = None
        self._written: Callable[[Any], Mapped | None] | None = None
        self._until_written = 0 if rules.absences else _WORTH_WRITING

    def key(self, raw: Mapping[str, Any]) -> str:
        """Return what tells this record from others at its source.

        Raises:
            RecordRefused: there is no key, or it is no plain text.
        """
        return self._key(raw)

    def about(self, raw: object) -> RecordFacts:
        """Return whom a record that is refused is about, as far as it can be read: number and protection, no more.

        Nothing where the mapping reads absences (``keeps_nobody``).
        """
        if self.keeps_nobody or not isinstance(raw, Mapping):
            return RecordFacts()
        return RecordFacts(**{name: _readable(rule, raw) for name, rule in self._about.items()})

    @property
    def keeps_nobody(self) -> bool:
        """Whether a record may stand for somebody of whom nothing is kept (see ``AbsenceTold``)."""
        return self._absences is not None

    def map(self, raw: Mapping[str, Any]) -> Mapped:
        """Return the facts of one record.

        Raises:
            RecordRefused: the record must be quarantined (a ``RecordProblem`` with code and place, never a value).
        """
        if raw.__class__ is not dict:
            if not isinstance(raw, Mapping):
                raise RecordRefused("not_a_record", ".")
            raw = dict(raw)
        if self._written is not None:
            try:
                mapped = self._written(raw)
            except RecordRefused:  # the reference refuses it too, and counts what no rule names
                mapped = None
            if mapped is not None:
                return mapped
        elif self._until_written:
            self._until_written -= 1
            if not self._until_written:
                self._write()
        return self._by_reference(raw)

    def map_straight(self, records: Sequence[bytes]) -> list[Mapped | None]:
        """Return the facts of records as they came; ``None`` for each one that must be parsed and given to ``map``."""
        if self._straight is None:
            return [None] * len(records)
        found = list(map(self._straight, records))
        if None in found[:1] and found.count(None) * 2 > len(found):  # to count them all costs 0.1 us a record
            # These records are built otherwise: to try costs more than it gives.
            self._completes = self._straight = None
            self._write()
        return found

    def _write(self) -> None:
        """Write the reading as one function: from JSON where the adapter allows it and the mapping can be read so."""
        reading = None if self._completes is None else straight(self._parts, self._completes)
        if reading is None:
            self._written, _ = written(self._parts)
        else:
            self._straight, _ = reading

    def _by_reference(self, raw: dict[str, Any]) -> Mapped:
        self._unnamed.see(raw)
        found: list[Finding] = []
        key = self._key(raw)
        values = [rule(raw, found) for rule in self._rules]
        if self._digits is not None:
            number, birth = values[self._number], values[self._birth]
            if number is not None and birth is not None and not number.startswith(self._digits[birth]):
                values[self._birth] = self._compared(number, birth, found)
        absences = None if self._absences is None else self._absences(raw, found) or ()
        return Mapped(key, self._make(*values), tuple(found), absences)

    def _compared(self, number: str, birth: date, found: list[Finding]) -> date | None:
        """Note a birth date other than the number's; another month makes it unknown.

        A near day is no error: where a day's numbers are used up, the number of a day beside it is given.
        """
        if number[6:8] > "31" or number[8] > "9":
            return birth
        found.append(Finding("birth_date_differs", self._birth_place, "birth_date"))
        return birth if number[:6] == birth.strftime("%Y%m") else None

    def unnamed(self) -> Mapping[str, int]:
        """Return the places that no rule names, with the number of times they were met in this run; no values."""
        return MappingProxyType(self._unnamed.counts)


def compile_mapping(file: MappingFile, *, as_of: date, completes: Completes | None = None) -> Mapper:
    """Return a mapper for one run; ``as_of`` is the night's local date, ``completes`` as in ``Source.plain_json``."""
    return Mapper(file, as_of=as_of, completes=completes)


def _compiled_facts(file: MappingFile, as_of: date) -> dict[str, Rule]:
    """Return the rule of each fact that is no list of entries."""
    rules = file.facts
    made: dict[str, Rule] = {
        name: compile_rule(name, getattr(rules, name), file.codes, as_of)
        for name in ("number", "birth_date", "life_status", "first_registered", "handler")
    }
    made["protection"] = (
        strongest([compile_rule("protection", rule, file.codes, as_of) for rule in rules.protection])
        if rules.protection
        else nothing
    )
    made["replaces"] = _many("replaces", rules.replaces, as_of)
    for name, (cls, lead) in _SINGLES.items():
        made[name] = _single(name, cls, getattr(rules, name), file, as_of, lead=lead)
    return made


def _readable(rule: Rule, raw: Mapping[str, Any]) -> Any:
    """Return the fact, ``None`` where it cannot be read either."""
    try:
        return rule(dict(raw), [])
    except Exception:  # what a rule does with a record that was refused is not known
        return None


def _key_reader(rule: RuleModel, as_of: date) -> Callable[[Any], str]:
    get = getter(rule)
    place = (rule.path or rule.parts or ["."])[0]
    converter = CONVERTERS[rule.convert or "text"]
    convert, quick = converter.call, converter.quick

    def read(raw: Any) -> str:
        try:
            value = get(raw)
            if value.__class__ is str and quick is not None:
                known = quick(value, MISS)
                if known is not MISS:
                    return known  # type: ignore[no-any-return]
            value = scalar(value)
            text = None if value is None else convert(value, as_of)
        except Refused as refused:
            raise RecordRefused(refused.code, place, "key") from None
        except AttributeError:
            raise RecordRefused("not_a_record", ".") from None
        if not text:
            raise RecordRefused("no_key", place, "key")
        return str(text)

    return read


def _many(fact: str, rule: RuleModel | None, as_of: date) -> Rule:
    """Return a rule that gives a tuple: every value at the place, none of them optional."""
    if rule is None:
        return lambda node, found: ()
    get = getter(rule)
    place = (rule.path or rule.parts or ["."])[0]
    call = CONVERTERS[rule.convert or "person_number"].call

    def values(node: Any, found: list[Finding]) -> Any:
        try:
            raw = get(node)
            if raw is None:
                return ()
            return tuple(call(scalar(value), as_of) for value in as_list(raw))
        except Refused as refused:
            raise RecordRefused(refused.code, place, fact) from None

    return values


def _single(
    group: str, cls: type[Fact], rules: Any, file: MappingFile, as_of: date, *, lead: str | None = None
) -> Rule:
    """Return a rule that gives one object, or ``None`` when its leading field (or every field) is missing."""
    if rules is None:
        return nothing
    models = {name: rule for name in cls.__struct_fields__ if (rule := getattr(rules, name)) is not None}
    names = list(models)
    read = read_together(group, models, file.codes, as_of)
    make = maker(cls, names)
    head = names.index(lead) if lead else None

    def single(node: Any, found: list[Finding]) -> Any:
        values = read(node, found)
        told = values[head] is not None if head is not None else any(values)
        return make(*values) if told else None

    return single
