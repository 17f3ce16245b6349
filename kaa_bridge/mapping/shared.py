"""Reads several rules of one record in one go: rules below the same place share the way there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kaa_bridge.mapping.model import RuleModel
from kaa_bridge.mapping.paths import Getter, compile_path, parse_path
from kaa_bridge.mapping.problems import Finding, Refused
from kaa_bridge.mapping.rules import Rule, compile_rule

Read = Callable[[Any, list[Finding]], list[Any]]
Part = tuple[int, Rule, Rule]
"""Where the value goes, the rule from the shared place on, and the rule from the record on."""


def read_together(
    group: str, rules: Mapping[str, RuleModel], codes: Mapping[str, Mapping[str, str]], as_of: date
) -> Read:
    """Return what reads the rules of a group; the values come in the order of the rules."""
    below, singles = _by_place(group, rules)
    alone = [(index, compile_rule(fact, rule, codes, as_of)) for index, fact, rule in singles]
    shared: list[tuple[Getter, list[Part]]] = []
    for prefix, members in below.items():
        parts: list[Part] = []
        for index, fact, rule, leaf in members:
            near = compile_rule(fact, rule.model_copy(update={"path": [leaf]}), codes, as_of, prefix)
            parts.append((index, near, compile_rule(fact, rule, codes, as_of)))
        if len(parts) == 1:
            alone.append((parts[0][0], parts[0][2]))
        else:
            shared.append((compile_path(parse_path(prefix)), parts))
    return _reading(len(rules), alone, shared)


def reading_order(rules: Mapping[str, RuleModel]) -> list[int]:
    """Return the order in which the rules of a group are read: those that share a place come last, place by place."""
    below, singles = _by_place("", rules)
    few = [members[0][0] for members in below.values() if len(members) == 1]
    many = [index for members in below.values() if len(members) > 1 for index, *_ in members]
    return [index for index, *_ in singles] + few + many


def _by_place(
    group: str, rules: Mapping[str, RuleModel]
) -> tuple[dict[str, list[tuple[int, str, RuleModel, str]]], list[tuple[int, str, RuleModel]]]:
    """Return the rules with a plain name below some place, by that place, and the others."""
    below: dict[str, list[tuple[int, str, RuleModel, str]]] = {}
    singles: list[tuple[int, str, RuleModel]] = []
    for index, (name, rule) in enumerate(rules.items()):
        prefix, leaf = _split(rule)
        if prefix:
            below.setdefault(prefix, []).append((index, f"{group}.{name}", rule, leaf))
        else:
            singles.append((index, f"{group}.{name}", rule))
    return below, singles


def _reading(count: int, alone: list[tuple[int, Rule]], shared: list[tuple[Getter, list[Part]]]) -> Read:
    def read(node: Any, found: list[Finding]) -> list[Any]:
        values: list[Any] = [None] * count
        for index, rule in alone:
            values[index] = rule(node, found)
        for get, parts in shared:
            try:
                place = get(node)
            except Refused:
                place = None
            if place.__class__ is dict:
                for index, near, _ in parts:
                    values[index] = near(place, found)
            else:
                for index, _, whole in parts:
                    values[index] = whole(node, found)
        return values

    return read


def _split(rule: RuleModel) -> tuple[str, str]:
    """Return the place that holds the rule's value and the plain name of the value there; two empty texts if none."""
    if rule.path is None or len(rule.path) != 1 or "'" in rule.path[0]:
        return "", ""
    steps = parse_path(rule.path[0])
    if len(steps) < 2 or steps[-1].filters:
        return "", ""
    prefix, _, _ = rule.path[0].rpartition("/")
    return prefix, steps[-1].name
