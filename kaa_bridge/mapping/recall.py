"""Remembers entries that were read before: pupils of one class have the same enrolment, and facts are immutable."""

from __future__ import annotations

from typing import Any

from kaa_bridge.mapping.model import RuleModel
from kaa_bridge.mapping.paths import parse_path

LIMIT = 20_000
"""Entries remembered in a run: about 10 MB at most."""


class Recall:
    """The facts of earlier entries, by the raw values that their rules read.

    Only entries without a finding and without an unnamed value are kept. Values that are no text are compared by class
    too: ``True`` and ``1`` are one key to a dict and two values to a converter.
    """

    __slots__ = ("_facts", "_known", "_names")

    def __init__(self, names: list[str], known: frozenset[str]) -> None:
        """Take the names that the rules read and all names that the mapping knows."""
        self._names = names
        self._known = known
        self._facts: dict[tuple[Any, ...], tuple[Any, list[tuple[int, type]]]] = {}

    def get(self, entry: dict[str, Any]) -> Any:
        """Return the fact of an equal entry, or ``None``."""
        value_of = entry.get
        try:
            fact, others = self._facts[tuple([value_of(name) for name in self._names])]
        except (KeyError, TypeError):
            return None
        for index, kind in others:
            if value_of(self._names[index]).__class__ is not kind:
                return None
        return fact if self._known.issuperset(entry) else None

    def keep(self, entry: dict[str, Any], fact: Any) -> None:
        """Remember the fact of an entry, if its values can be compared."""
        values = tuple([entry.get(name) for name in self._names])
        if len(self._facts) >= LIMIT or not self._known.issuperset(entry):
            return
        if all(value is None or isinstance(value, (str, int)) for value in values):
            others = [(index, value.__class__) for index, value in enumerate(values) if value.__class__ is not str]
            self._facts[values] = (fact, others)


def recall_of(rules: list[RuleModel], known: frozenset[str]) -> Recall | None:
    """Return a memory for a group whose rules all read plain names of the entry, else ``None``."""
    names: dict[str, None] = {}
    for rule in rules:
        for path in rule.path or rule.parts or ():
            steps = parse_path(path)
            if len(steps) != 1 or steps[0].filters:
                return None
            names[steps[0].name] = None
    return Recall(list(names), known)
