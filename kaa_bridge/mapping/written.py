"""Writes the reading of a mapping file as one Python function, for runs that read many records.

The closures of ``rules``, ``shared`` and ``entries`` are the reference and read any record. The function written here
has their walks and common conversions inlined, in the same order. It reads the record that is plainly built: objects
where the mapping expects objects, and no name that the mapping does not know. For any other it returns ``None``, or
raises as the reference would, and the reference reads that record. ``tests/mapping/test_written.py`` holds the two to
the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from kaa_bridge.domain.fact import Fact
from kaa_bridge.mapping.codes import typed_word
from kaa_bridge.mapping.converters import TEXT_LIMIT
from kaa_bridge.mapping.entries import Group, forgetful
from kaa_bridge.mapping.load import MappingFile
from kaa_bridge.mapping.model import RuleModel
from kaa_bridge.mapping.named import rules_of
from kaa_bridge.mapping.names import Tree
from kaa_bridge.mapping.paths import parse_path
from kaa_bridge.mapping.problems import Finding
from kaa_bridge.mapping.recall import Complete, WholeLists
from kaa_bridge.mapping.rules import Rule, compile_rule, reading_of
from kaa_bridge.mapping.shape import Attributes, decoder
from kaa_bridge.mapping.shared import reading_order
from kaa_bridge.mapping.struct_writer import NotWritten, StructWriter
from kaa_bridge.mapping.verify import GROUPS
from kaa_bridge.mapping.writer import Writer, is_written, variable

Read = Callable[[Any], Any]
Completes = Mapping[str, Complete]
"""What an adapter adds to each entry, an object, of the lists at these names of a record."""


class Parts(Struct, frozen=True):
    """What the reference is made of, as far as the written function uses it.

    Attributes:
        rules: the closure of each fact that the mapping gives, in order.
        singles: the facts that are one object, with its class and the field that must be told (``None``: any).
        lists: the facts that are one list of entries which are remembered.
        digits: a date as the first eight digits of a number; ``None`` where number and birth date are not compared.
        compared: gives the birth date that a number and another date together tell.
        facts, mapped: the class of the facts, and that of the answer.
    """

    file: MappingFile
    as_of: date
    tree: Tree
    key: Callable[[Any], str]
    rules: Mapping[str, Rule]
    singles: Mapping[str, tuple[type[Fact], str | None]]
    lists: Mapping[str, Group]
    digits: Mapping[date, str] | None
    compared: Callable[[str, date, list[Finding]], date | None]
    facts: type[Fact]
    mapped: Callable[..., Any]


def written(parts: Parts) -> tuple[Read, str]:
    """Return the function that reads a record of nested mappings, and its source."""
    return _compiled(Writer(_listed(parts.file)), parts)


def straight(parts: Parts, completes: Completes) -> tuple[Read, str] | None:
    """Return the function that reads a record's JSON, and its source; ``None`` where it cannot be written.

    It answers ``None`` to a record that the reference has to read. ``completes`` is what the adapter adds to the
    entries of a record's lists.
    """
    whole = _whole_lists(parts)
    if not set(whole.values()).issuperset(completes):
        return None
    lists = {
        fact: WholeLists(name, completes.get(name), forgetful(parts.lists[fact]), parts.tree)
        for fact, name in whole.items()
    }
    attributes, listed = Attributes(), _listed(parts.file)
    try:
        decode = decoder(parts.tree, attributes, listed=listed, kept=frozenset(whole.values()))
        return _compiled(StructWriter(decode, attributes, listed, lists), parts)
    except (NotWritten, ValueError):
        return None


def _compiled(writer: Writer, parts: Parts) -> tuple[Read, str]:
    writer.check(parts.tree)
    key = _key(writer, parts)
    names = {name: _fact(writer, parts, name, rule) for name, rule in parts.rules.items()}
    if parts.digits is not None:
        number, birth = names["number"], names["birth_date"]
        digits, compared = writer.bind("DIGITS", parts.digits), writer.bind("COMPARED", parts.compared)
        writer.line(f"if {number} is not None and {birth} is not None and not {number}.startswith({digits}[{birth}]):")
        writer.line(f"    {birth} = {compared}({number}, {birth}, found)")
    facts = _made(writer, parts.facts, names)
    writer.line(f"return {writer.bind('MAPPED', parts.mapped)}({key}, {facts}, tuple(found) if found else ())")
    source = writer.source()
    exec(compile(source, f"<mapping {parts.file.name}>", "exec"), writer.bound)  # noqa: S102 - see ``Writer``
    return writer.bound["read"], source


def _listed(file: MappingFile) -> frozenset[str]:
    """Return the names of a record at which a written path expects a list."""
    paths = [parse_path(path) for rule in _rules_of_record(file) for path in rule.path or ()]
    return frozenset(steps[0].name for steps in paths if is_written(steps) and steps[0].filters)


def _whole_lists(parts: Parts) -> dict[str, str]:
    """Return the facts that are read from one list of the record which nothing else is read from, with its name."""
    facts = parts.file.facts
    groups = [entries for name in GROUPS for entries in getattr(facts, name)]
    paths = [path for rule in _rules_of_record(parts.file) for path in rule.path or rule.parts or ()]
    first = [steps[0].name for path in paths if (steps := parse_path(path))]
    first += [parse_path(entries.each)[0].name for entries in groups if entries.each]
    apart = all(entries.each for entries in groups)
    eachs = {fact: parse_path(getattr(facts, fact)[0].each) for fact in parts.lists}
    return {
        fact: steps[0].name
        for fact, steps in eachs.items()
        if apart and len(steps) == 1 and not steps[0].filters and first.count(steps[0].name) == 1
    }


def _rules_of_record(file: MappingFile) -> list[RuleModel]:
    """Return the key and the rules that stand outside lists of entries."""
    return [file.record.key, *(rule for fact, rule in rules_of(file) if fact.partition(".")[0] not in GROUPS)]


def _key(writer: Writer, parts: Parts) -> str:
    rule, key = parts.file.record.key, writer.new("key")
    value = writer.value(rule.path) if rule.path else None
    if value is None or (rule.convert or "text") != "text":
        writer.ask(key, parts.key, "")
        return key
    writer.line(f"{key} = None")
    writer.line(f"if {value}.__class__ is str and len({value}) <= {TEXT_LIMIT} and {value}.isprintable():")
    writer.line(f"    {key} = {value}.strip()")
    with writer.block(f"if not {key}:"):
        writer.ask(key, parts.key, "")
    return key


def _fact(writer: Writer, parts: Parts, name: str, closure: Rule) -> str:
    rules = parts.file.facts
    rule = getattr(rules, name)
    if name in parts.singles and rule is not None:
        return _single(writer, parts, name, rule)
    if name == "protection" and rule and len(rule) == 1:
        rule = rule[0]
    if isinstance(rule, RuleModel) and name != "replaces":
        return _value(writer, parts, name, rule)
    if not rule:
        return repr(closure({}, []))
    group = parts.lists.get(name)
    if group is not None and group.recall is not None:
        return writer.recalled(name, rule[0].each, group.recall, closure)
    writer.ask(variable(name), closure)
    return variable(name)


def _value(writer: Writer, parts: Parts, name: str, rule: RuleModel) -> str:
    codes, as_of = parts.file.codes, parts.as_of
    if rule.const is not None:
        return writer.bind("CONST", typed_word(name, rule.const))
    value = writer.value(rule.path) if rule.path else None
    if value is not None:
        return writer.fact(name, value, reading_of(name, rule, codes, as_of))
    writer.ask(variable(name), compile_rule(name, rule, codes, as_of))
    return variable(name)


def _single(writer: Writer, parts: Parts, group: str, model: Any) -> str:
    cls, lead = parts.singles[group]
    rules = {name: rule for name in cls.__struct_fields__ if (rule := getattr(model, name)) is not None}
    names = list(rules)
    facts = dict.fromkeys(names, "")
    for index in reading_order(rules):
        name = names[index]
        facts[name] = _value(writer, parts, f"{group}.{name}", rules[name])
    told = f"{facts[lead]} is not None" if lead else " or ".join(facts.values())
    single = variable(group)
    writer.line(f"{single} = None")
    writer.line(f"if {told}: {single} = {_made(writer, cls, facts)}")
    return single


def _made(writer: Writer, cls: type[Fact], variables: Mapping[str, str]) -> str:
    given = ", ".join(f"{name}={variable}" for name, variable in variables.items())
    return f"{writer.bind('CLASS', cls)}({given})"
