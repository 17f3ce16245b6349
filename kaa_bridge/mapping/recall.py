"""Remembers entries that were read before: pupils of one class have the same enrolment, and facts are immutable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from kaa_bridge.mapping.model import RuleModel
from kaa_bridge.mapping.names import Tree, Unnamed
from kaa_bridge.mapping.paths import parse_path
from kaa_bridge.mapping.problems import Finding, RecordRefused
from kaa_bridge.mapping.rules import Rule

LIMIT = 20_000
"""Entries remembered in a run: 14 MB for placements of SS 12000, by tracemalloc."""
_LONGEST = 512
"""Bytes of a list that is remembered whole: a longer one is hardly anybody else's too."""
Complete = Callable[[dict[str, Any]], object]
"""Adds to one entry of a record's list what an adapter adds to it."""


class Recall:
    """The facts of earlier entries, by the raw values that their rules read.

    Only entries without a finding and without an unnamed value are kept. Values that are no text are compared by class
    too: ``True`` and ``1`` are one key to a dict and two values to a converter.

    Attributes:
        names: the names whose values make a key.
        facts: fact, classes to compare, and the fact as the only one of a list, by the values of the names.
    """

    __slots__ = ("_known", "facts", "names")

    def __init__(self, names: list[str], known: frozenset[str]) -> None:
        """Take the names that the rules read and all names that the mapping knows."""
        self.names = names
        self._known = known
        self.facts: dict[tuple[Any, ...], tuple[Any, list[tuple[str, type]], tuple[Any]]] = {}

    def all(self, entries: list[Any]) -> list[Any] | None:
        """Return the facts of the entries when every one is remembered, and no fact stands twice; else ``None``."""
        facts, names, known = self.facts, self.names, self._known
        made: list[Any] = []
        for entry in entries:
            if entry.__class__ is not dict:
                return None
            value_of = entry.get
            try:
                fact, others, _ = facts[tuple(map(value_of, names))]
            except (KeyError, TypeError):
                return None
            for name, kind in others:
                if value_of(name).__class__ is not kind:
                    return None
            if not known.issuperset(entry):
                return None
            made.append(fact)
        return made if len(made) < 2 or len({*map(id, made)}) == len(made) else None

    def keep(self, entry: dict[str, Any], fact: Any) -> None:
        """Remember the fact of an entry, if its values can be compared."""
        values = tuple(map(entry.get, self.names))
        if len(self.facts) >= LIMIT or not self._known.issuperset(entry):
            return
        if all(value is None or isinstance(value, (str, int)) for value in values):
            pairs = zip(self.names, values, strict=True)
            others = [
                (name, value.__class__) for name, value in pairs if value is not None and value.__class__ is not str
            ]
            self.facts[values] = (fact, others, (fact,))


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


class WholeLists:
    """The facts of the lists at one name, by the bytes that came: what was read before is not even decoded.

    Attributes:
        known: facts by bytes; only of lists without a finding.
    """

    def __init__(self, name: str, complete: Complete | None, rule: Rule, tree: Tree) -> None:
        """Take the list's name, what completes an entry, the rule that reads the list, and all names that are known."""
        self.known: dict[bytes, Any] = {}
        self._name, self._complete, self._rule = name, complete, rule
        self._unnamed = Unnamed(tree)

    def read(self, raw: msgspec.Raw, found: list[Finding]) -> Any:
        """Return the facts of a list.

        Raises:
            RecordRefused: the record cannot be used, or holds a name that is not known.
            MsgspecError: the list is no JSON.
        """
        told = bytes(raw)
        entries = msgspec.json.decode(told) if told else None
        if self._complete is not None and entries.__class__ is list:
            for entry in entries:
                if entry.__class__ is dict:
                    self._complete(entry)
        self._unnamed.see({self._name: entries})
        if self._unnamed.counts:
            self._unnamed.counts.clear()
            raise RecordRefused("not_a_record", self._name)
        before = len(found)
        facts = self._rule({self._name: entries}, found)
        if len(found) == before and len(told) <= _LONGEST and len(self.known) < LIMIT:
            self.known[told] = facts
        return facts
