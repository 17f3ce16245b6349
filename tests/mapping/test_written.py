"""The written reading and the reference give the same answer to every record: facts, findings, refusals, unnamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaa_bridge.mapping import Mapper, RecordRefused, bundled_mappings, compile_mapping, load_mapping
from kaa_bridge.mapping.fields import FIELDS
from kaa_bridge.mapping.model import RuleModel
from kaa_bridge.mapping.named import rules_of
from kaa_bridge.mapping.paths import Step, parse_path
from kaa_bridge.mapping.verify import GROUPS
from kaa_bridge.mapping.written import written
from tests.mapping.support import AS_OF, NUMBER, OTHER_NUMBER, TABLE_MAPPING, XML_MAPPING, person, register_post
from tests.mapping.test_mapper import EVENTS

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "  ", " Anna ", "Å", "a\u0007", "x" * 201, "ZZ9", 0, 1, True, False, 2303, 1.5, [], {}]
)
SHAPES: list[Callable[[Any], Any]] = [
    lambda value: [value],
    lambda value: [value, value],
    lambda value: {"#text": value, "@lang": "sv"},
    lambda value: {"okänt": value},
    lambda value: str(value),
]
USUAL: dict[str, list[Any]] = {
    "date": ["2026-01-31", "20260131", "2026-13-41", "20070000", "9999-12-31", 20260131],
    "local_date": ["2026-01-31", "2026-01-31T23:30:00Z", "2026-01-31T23:30:00"],
    "person_number": [NUMBER, OTHER_NUMBER, "20100101-2382", "201001012383", "201001TF123", "1001012382"],
    "municipality": ["2303", 2303, 114, "9999"],
    "postal_code": ["840 70", "84070", "8407"],
    "school_unit": ["12345678", 12345678, "1234"],
    "study_path": ["NA", "na", "N-A"],
    "email": ["anna@example.org", "anna"],
    "phone": ["070-174 06 05", "x"],
    "true_false": [True, "true", "0", "kanske"],
    "text": ["Anna", " Anna ", "Å" * 200],
}
TEXTS = {"xml": XML_MAPPING, "table": TABLE_MAPPING, "events": EVENTS}


def usual(fact: str, rule: RuleModel, codes: Mapping[str, Mapping[str, str]]) -> st.SearchStrategy[Any]:
    """Return values for the rule, most often one that it takes."""
    if rule.codes is not None:
        table: Mapping[str, str] = codes[rule.codes] if isinstance(rule.codes, str) else rule.codes
        return st.sampled_from([*table] * 5 + ["ZZ9"])
    if rule.parts is not None:
        return st.sampled_from(["03"] * 30 + ["3", 3, "303"])
    converter = rule.convert or FIELDS[fact].convert
    known = USUAL.get(converter, USUAL["date"] if "date" in converter else USUAL["text"])
    return st.sampled_from(known[:1] * 30 + known)


def put(node: dict[str, Any], steps: tuple[Step, ...], value: Any) -> None:
    """Put a value where a path finds it, as far as what stands there already allows."""
    for at, step in enumerate(steps):
        last = at == len(steps) - 1
        if not step.filters:
            if last:
                node.setdefault(step.name, value)
                return
            node = node.setdefault(step.name, {})
        else:
            by = {part.name: {"true": True, "false": False}.get(part.value, part.value) for part in step.filters}
            by.pop(None, None)
            entries = node.setdefault(step.name, [])
            if not isinstance(entries, list):
                return
            entry = next((one for one in entries if isinstance(one, dict) and by.items() <= one.items()), None)
            if entry is None:
                entries.append(entry := {name: found for name, found in by.items() if name})
            node = entry
        if not isinstance(node, dict):
            return


@st.composite
def records(draw: st.DrawFn, mapper: Mapper) -> dict[str, Any]:
    """Build a record that the mapping can mostly read, then spoil some of it."""
    file = mapper._parts.file
    record: dict[str, Any] = {}
    facts = [pair for pair in rules_of(file) if pair[0].partition(".")[0] not in GROUPS]
    put_all(draw, record, [*facts, ("handler", file.record.key)], file.codes)
    for group in GROUPS:
        for entries in getattr(file.facts, group):
            rules = [(f"{group}.{name}", getattr(entries, name)) for name in type(entries).model_fields]
            rules = [pair for pair in rules if isinstance(pair[1], RuleModel)]
            listed: list[dict[str, Any]] = [{} for _ in range(draw(st.integers(0, 2)))] if entries.each else [record]
            for entry in listed:
                put_all(draw, entry, rules, file.codes)
            if entries.each and draw(st.booleans()):
                put(record, parse_path(entries.each), listed)
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        spoil(draw, record)
    return record


def put_all(draw: st.DrawFn, node: dict[str, Any], rules: list[tuple[str, RuleModel]], codes: Any) -> None:
    for fact, rule in rules:
        for path in rule.path or rule.parts or ():
            if draw(st.integers(0, 30)):
                put(node, parse_path(path), draw(usual(fact, rule, codes)))


def spoil(draw: st.DrawFn, node: Any) -> None:
    """Change one place somewhere below a node: an odd value, another shape, a name too many or too few."""
    inside = node.values() if isinstance(node, dict) else node
    below: list[Any] = [child for child in inside if isinstance(child, dict | list) and child]
    if below and draw(st.sampled_from([True, False])):
        spoil(draw, draw(st.sampled_from(below)))
    elif isinstance(node, list):
        node[0] = draw(st.sampled_from(SHAPES))(node[0])
    elif node:
        name: str = draw(st.sampled_from(list(node)))
        value = node.pop(name)
        what = draw(st.integers(0, 3))
        if what == 0:
            node[name] = draw(ODD)
        elif what == 1:
            node[name] = draw(st.sampled_from(SHAPES))(value)
        elif what == 2:
            node["okänt"] = value


def answer(read: Callable[[Any], Any], record: Any) -> Any:
    try:
        return read(record)
    except RecordRefused as refused:
        return refused.code, refused.place, refused.fact


NAMES = [*(name for name in bundled_mappings() if not load_mapping(name).facts.absences), *TEXTS]
"""Mappings whose reading can be written: absences, which may not be kept, are left to the reference."""


class Pair:
    """The reference, and a mapper whose reading is written from the first record on."""

    def __init__(self, reference: str) -> None:
        file = load_mapping(reference)
        self.reference, self.writing = (compile_mapping(file, as_of=AS_OF) for _ in range(2))
        self.reference._until_written = 0
        self.read, self.source = written(self.writing._parts)
        self.writing._written = self.read
        self.name = reference

    def __repr__(self) -> str:
        return f"<Pair {self.name}>"

    def agree(self, record: Any) -> None:
        assert answer(self.writing.map, record) == answer(self.reference.map, record)
        assert self.writing.unnamed() == self.reference.unnamed()


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    folder = tmp_path_factory.mktemp("mappings")
    found = {name: Pair(name) for name in NAMES if name not in TEXTS}
    for name, text in TEXTS.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        found[name] = Pair(str(folder / f"{name}.toml"))
    return found


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_the_written_reading_agrees_with_the_reference(pairs: dict[str, Pair], name: str, data: st.DataObject) -> None:
    pairs[name].agree(data.draw(records(pairs[name].reference)))


def test_a_plain_record_is_read_by_the_written_function(pairs: dict[str, Pair]) -> None:
    for name, record in (("ist_ss12000", person()), ("xml", register_post())):
        assert pairs[name].read(record) == pairs[name].reference.map(record), name


def test_an_odd_record_is_left_to_the_reference(pairs: dict[str, Pair]) -> None:
    read = pairs["ist_ss12000"].read
    for odd in ({"okänt": 1}, {"civicNo": [1]}, {"emails": [{"type": ["Privat"], "value": "a@example.org"}]}):
        assert read(person(**odd)) is None


def test_the_reading_is_written_once_many_records_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    mapper = compile_mapping(load_mapping("ist_ss12000"), as_of=AS_OF)
    monkeypatch.setattr(mapper, "_until_written", 2)
    first = mapper.map(person())
    assert mapper._written is None
    assert [mapper.map(person()) for _ in range(2)] == [first, first]
    assert mapper._written is not None


def test_a_mapping_of_absences_is_left_to_the_reference() -> None:
    assert compile_mapping(load_mapping("absences_file"), as_of=AS_OF)._until_written == 0


def test_no_text_of_a_mapping_becomes_code(tmp_path: Path) -> None:
    text = XML_MAPPING.replace('"Namn/Fornamn"', """'Namn/x") or boom(raw, "'""")
    text = text.replace('"@id"', """'") or boom(raw) #\\'""")
    (tmp_path / "odd.toml").write_text(text, encoding="utf-8")
    source = Pair(str(tmp_path / "odd.toml")).source
    assert source.count("boom") == 2
    assert "boom" not in {name for code in _codes(compile(source, "odd", "exec")) for name in code.co_names}


def _codes(code: Any) -> Iterator[Any]:
    yield code
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield from _codes(constant)
