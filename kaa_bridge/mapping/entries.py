"""Compiles a group of rules to one closure that gives a list of facts (residence, placements, exams, events)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, structs

from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.facts import Event, Placement, Qualification, Residence
from kaa_bridge.domain.record import AbsenceTold
from kaa_bridge.mapping.checks import Check, Watch, check_of, watches
from kaa_bridge.mapping.codes import typed_word
from kaa_bridge.mapping.fields import WHOLE_UNKNOWN
from kaa_bridge.mapping.model import EntryRules, RuleModel
from kaa_bridge.mapping.names import Tree, below
from kaa_bridge.mapping.paths import Getter, as_list, compile_path, parse_path
from kaa_bridge.mapping.problems import Finding, RecordRefused, Refused
from kaa_bridge.mapping.recall import Recall, recall_of
from kaa_bridge.mapping.rules import Rule, compile_rule, nothing

CLASSES: dict[str, type[Fact]] = {
    "residence": Residence,
    "placements": Placement,
    "qualifications": Qualification,
    "events": Event,
    "absences": AbsenceTold,
}
LEADS = {
    "residence": "municipality",
    "placements": "school_form",
    "qualifications": "kind",
    "events": "kind",
    "absences": "start",
}
"""The field without which there is no entry."""


class Group(Struct, frozen=True):
    """Everything that one ``[[facts.…]]`` table was compiled to."""

    name: str
    place: str
    make: Callable[..., Any]
    rules: list[Rule]
    lead: int
    check: Check | None
    watch: Watch | None
    recall: Recall | None
    none_when: str
    each: Getter | None
    holder: Getter | None
    when: Getter | None


def compile_group(
    name: str, rules: EntryRules, codes: Mapping[str, Mapping[str, str]], as_of: date, tree: Tree
) -> Group:
    """Return what one ``[[facts.…]]`` table is compiled to; ``listed`` makes its rule."""
    steps = parse_path(rules.each) if rules.each else ()
    models: dict[str, RuleModel] = {
        field: rule for field in CLASSES[name].__struct_fields__ if (rule := getattr(rules, field, None)) is not None
    }
    defaults: dict[str, Any] = {}
    if name == "events":
        defaults = {f: typed_word(f"events.{f}", rule.default) for f, rule in models.items() if rule.default}
        models = {f: rule.model_copy(update={"default": None}) for f, rule in models.items()}
    known = frozenset(below(tree, steps))
    at = {field: index for index, field in enumerate(models)}
    place = rules.each or "."
    within = rules.each or ""
    return Group(
        name=name,
        place=place,
        make=maker(CLASSES[name], list(models)),
        rules=[compile_rule(f"{name}.{field}", model, codes, as_of, within) for field, model in models.items()],
        lead=at[LEADS[name]],
        check=check_of(name, at, defaults),
        watch=watches(name, rules, at, known, codes, as_of),
        recall=recall_of(list(models.values()), known) if rules.each and not rules.when else None,
        none_when=rules.none_when or ("never" if name == "residence" else "empty"),
        each=compile_path(steps) if rules.each else None,
        holder=compile_path(steps[:-1]) if len(steps) > 1 else None,
        when=compile_path(parse_path(rules.when)) if rules.when else None,
    )


def maker(cls: type[Fact], names: Sequence[str]) -> Callable[..., Any]:
    """Return what makes a fact of the values of these fields, in their order; the others have their defaults."""
    given = tuple(names)
    return lambda *values: cls(**dict(zip(given, values, strict=True)))


def together(rules: list[Rule]) -> Rule:
    """Return a rule that joins several groups; when one is unknown the whole is: half a list looks whole."""
    if not rules:
        return nothing
    if len(rules) == 1:
        return rules[0]

    def joined(node: Any, found: list[Finding]) -> Any:
        parts = [rule(node, found) for rule in rules]
        return None if None in parts else tuple(entry for part in parts for entry in part)

    return joined


def listed(group: Group) -> Rule:
    """Return the rule that gives the entries of one group; ``None`` when the source does not say."""
    build = _entry_builder(group)
    each, recall = group.each, group.recall
    if each is None:
        return lambda node, found: _finished(group, [node], build, found)

    def entries(node: Any, found: list[Finding]) -> Any:
        try:
            raw = each(node)
        except Refused as refused:
            found.append(Finding(refused.code, group.place, group.name))
            return None
        if raw is None:
            return () if group.none_when == "absent" or _holder_is_empty(group, node) else None
        found_there = raw if raw.__class__ is list else as_list(raw)
        if recall is not None and found_there and (known := recall.all(found_there)) is not None:
            return tuple(known)
        return _finished(group, found_there, build, found)

    return entries


def forgetful(group: Group) -> Rule:
    """Return the rule of ``listed`` that remembers no entry, for a list that is remembered by its bytes."""
    return listed(structs.replace(group, recall=None))


def _holder_is_empty(group: Group, node: Any) -> bool:
    """Tell whether the element that holds the entries is there and empty: XML writes an empty list like that."""
    if group.holder is None or group.none_when != "empty":
        return False
    held = group.holder(node)
    return isinstance(held, str) and not held.strip()


def _finished(group: Group, listed: list[Any], build: Callable[[Any, list[Finding]], Any], found: list[Finding]) -> Any:
    if len(listed) > 1:
        listed = _once(listed, group, found)
    made = []
    whole = True
    for entry in listed:
        fact = build(entry, found)
        if fact is WHOLE_UNKNOWN:
            whole = False
        elif fact is not None:
            made.append(fact)
    if not whole:
        return None
    return tuple(made) if made or group.none_when != "never" else None


def _once(listed: list[Any], group: Group, found: list[Finding]) -> list[Any]:
    kept: list[Any] = []
    for entry in listed:
        if entry in kept:
            found.append(Finding("duplicate_item", group.place, group.name))
        else:
            kept.append(entry)
    return kept


def _entry_builder(group: Group) -> Callable[[Any, list[Finding]], Any]:
    rules, make, lead, check, watch = group.rules, group.make, group.lead, group.check, group.watch
    skip = WHOLE_UNKNOWN if group.name == "residence" else None
    recall = group.recall

    def build(entry: Any, found: list[Finding]) -> Any:
        if entry.__class__ is not dict:
            entry = _as_entry(entry, group)
        if group.when is not None and (absent := _absent(entry, group)) is not False:
            return absent
        before = len(found)
        values = [rule(entry, found) for rule in rules]
        head = values[lead]
        if head is None or head is WHOLE_UNKNOWN:
            return skip if head is None else head
        if watch is not None:
            watch(entry, values, found)
        if check is not None:
            check(values, group.place, found)
        fact = make(*values)
        if recall is not None and len(found) == before:
            recall.keep(entry, fact)
        return fact

    return build


def _absent(entry: Any, group: Group) -> Any:
    """Return ``False`` when the entry exists, ``None`` when the source says that it does not, else *unknown*."""
    when = group.when
    try:
        value = when(entry) if when else None
    except Refused as refused:
        raise RecordRefused(refused.code, group.place, group.name) from None
    if value is None:
        return None if group.none_when == "absent" else WHOLE_UNKNOWN
    return None if isinstance(value, str) and not value.strip() else False


def _as_entry(entry: Any, group: Group) -> dict[str, Any]:
    if isinstance(entry, Mapping):
        return dict(entry)
    if isinstance(entry, str):
        return {"#text": entry}
    raise RecordRefused("wrong_type", group.place, group.name)
