"""Knows which places of a record the mapping names, and counts those that it does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kaa_bridge.mapping.paths import Step

Tree = dict[str, Any]
"""Names of a mapping in a record; the value is the tree below, or ``None`` where everything below counts as named."""

_LONG_DIGITS = re.compile(r"\d{6,}")
_MOST_PLACES = 200
NOTHING_KNOWN = "(no known name in the record)"


def add(tree: Tree, steps: Iterable[Step], *, leaf: bool) -> None:
    """Name a place; with ``leaf`` everything below it too."""
    steps = list(steps)
    for position, step in enumerate(steps):
        last = position == len(steps) - 1
        if step.name in tree and tree[step.name] is None:
            return
        if last and leaf and not step.filters:
            tree[step.name] = None
            return
        below = tree.setdefault(step.name, {})
        for part in step.filters:
            if part.name is not None:
                below.setdefault(part.name, None)
        if last and leaf and all(part.name is None for part in step.filters):
            tree[step.name] = None
        tree = below


def below(tree: Tree, steps: Iterable[Step]) -> Tree:
    """Return the part of the tree at a place, an empty one where everything below is named."""
    for step in steps:
        tree = tree.get(step.name) or {}
    return tree


class Unnamed:
    """Counts, over a run, the places that no rule names. Keys only; a long number in a key is masked."""

    def __init__(self, tree: Tree) -> None:
        """Take the tree of named places."""
        self.counts: Counter[str] = Counter()
        self._known = frozenset(tree)
        self._check = self._compiled(tree, "")

    def see(self, record: Mapping[str, Any]) -> None:
        """Count the unnamed places of one record."""
        if not self._known.issuperset(record) and self._known.isdisjoint(record):
            self.counts[NOTHING_KNOWN] += 1
        else:
            self._check(record)

    def _compiled(self, tree: Tree, prefix: str) -> Callable[[Any], None]:
        known = frozenset(tree)
        deeper = [
            (name, self._compiled(sub, f"{prefix}{name}/"), frozenset(sub) if not any(sub.values()) else None)
            for name, sub in tree.items()
            if sub is not None
        ]

        def check(node: Any) -> None:
            if node.__class__ is dict:
                if not known.issuperset(node):
                    self._note(node, known, prefix)
                for name, sub, plain in deeper:
                    child = node.get(name)
                    if child is None:
                        continue
                    if plain is not None:
                        only = child[0] if child.__class__ is list and len(child) == 1 else child
                        if only.__class__ is dict and plain.issuperset(only):
                            continue
                    sub(child)
            elif node.__class__ is list:
                for entry in node:
                    if deeper or entry.__class__ is not dict or not known.issuperset(entry):
                        check(entry)
            elif isinstance(node, Mapping):
                check(dict(node))

        return check

    def _note(self, node: dict[str, Any], known: frozenset[str], prefix: str) -> None:
        for name in node:
            if name not in known:
                place = prefix + _LONG_DIGITS.sub("…", str(name)[:80])
                if place in self.counts or len(self.counts) < _MOST_PLACES:
                    self.counts[place] += 1
                else:
                    self.counts["(more places)"] += 1
