"""Collects the places that a mapping file names, from its rules and its list of places to ignore."""

from __future__ import annotations

from collections.abc import Iterator

from kaa_bridge.mapping.load import MappingFile
from kaa_bridge.mapping.model import EntryRules, FactRules, RuleModel
from kaa_bridge.mapping.names import Tree, add
from kaa_bridge.mapping.paths import Step, parse_path
from kaa_bridge.mapping.verify import GROUPS, SINGLE_GROUPS, fact_rules


def named_places(file: MappingFile) -> Tree:
    """Return the tree of names that rules, filters and ``[ignore]`` mention."""
    tree: Tree = {}
    _name_rule(tree, file.record.key)
    facts: FactRules = file.facts
    for name in type(facts).model_fields:
        value = getattr(facts, name)
        if name in GROUPS:
            for entry in value:
                _name_group(tree, entry)
        elif name in SINGLE_GROUPS and value is not None:
            for field in type(value).model_fields:
                _name_rule(tree, getattr(value, field))
        elif isinstance(value, list):
            for rule in value:
                _name_rule(tree, rule)
        else:
            _name_rule(tree, value)
    for path in file.ignore.paths:
        add(tree, parse_path(path), leaf=True)
    return tree


def rules_of(file: MappingFile) -> Iterator[tuple[str, RuleModel]]:
    """Yield every rule of a mapping file with the name of its fact."""
    for fact, _, rule in fact_rules(file.facts):
        yield fact, rule


def _name_group(tree: Tree, entry: EntryRules) -> None:
    base = parse_path(entry.each) if entry.each else ()
    if base:
        add(tree, base, leaf=False)
    if entry.when:
        add(tree, base + parse_path(entry.when), leaf=True)
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        if isinstance(value, RuleModel):
            _name_rule(tree, value, base)


def _name_rule(tree: Tree, rule: RuleModel | None, base: tuple[Step, ...] = ()) -> None:
    if rule is None:
        return
    for path in rule.path or rule.parts or ():
        steps = base + parse_path(path)
        if steps:
            add(tree, steps, leaf=True)
