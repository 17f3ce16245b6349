"""Writes the same statements for a record that was decoded straight into structs; see ``writer`` and ``shape``."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import msgspec

from kaa_bridge.mapping.names import Tree
from kaa_bridge.mapping.paths import parse_path
from kaa_bridge.mapping.recall import Recall, WholeLists
from kaa_bridge.mapping.rules import Rule
from kaa_bridge.mapping.shape import Attributes
from kaa_bridge.mapping.writer import Writer


class NotWritten(Exception):
    """A rule of the mapping needs the record as nested mappings: its reading cannot be written straight from JSON."""


class StructWriter(Writer):
    """The lines of one function ``read(record)``, which decodes the bytes of a record and answers with its facts.

    Whatever the structs do not hold, and whatever goes wrong, is answered with ``None``: the record is then parsed and
    read by the reference, which also says what is wrong. The ``wholes`` are facts that are one list of the record, and
    are read by the bytes of the list; an adapter completes entries in no other list.
    """

    def __init__(
        self,
        decode: Callable[[bytes], Any],
        attributes: Attributes,
        listed: Container[str],
        wholes: Mapping[str, WholeLists],
    ) -> None:
        """Begin with an empty body; ``wholes`` by the name of their fact."""
        super().__init__(listed)
        self._attributes, self._wholes = attributes, wholes
        self.bound |= {"DECODE": decode, "PARSE": msgspec.json.decode, "BYTES": bytes}

    def source(self) -> str:
        """Return the whole function."""
        lines = ["def read(record):", "    try:", "        raw = DECODE(record)", "        found = []"]
        return "\n".join([*lines, *("    " + line for line in self._lines), "    except Exception: return None"]) + "\n"

    def check(self, tree: Tree, node: str = "raw") -> None:
        """Find what holds objects; the decoder has checked names and shapes."""
        for name, below in tree.items():
            if below is not None:
                self._places[(name,)] = self._get(node, name, sure=True)
                if name in self._listed:
                    self._lists.add(name)

    def ask(self, fact: str, rule: Callable[..., Any], findings: str = ", found") -> None:
        """Write a call of the reference's own rule for the record as nested mappings, where that is seldom needed.

        Raises:
            NotWritten: it would be needed for each record.
        """
        if self._depth == 1:
            raise NotWritten(fact)
        self.line(f"{fact} = {self.bind('RULE', rule)}(PARSE(record){findings})")

    def value(self, paths: Sequence[str]) -> str | None:
        """Write what finds a value; a whole object is none that is written."""
        every = [parse_path(path) for path in paths]
        return None if any(len(steps) == 1 and steps[0].filters for steps in every) else super().value(paths)

    def recalled(self, name: str, each: str, recall: Recall, rule: Rule) -> str:
        """Write what recalls a list by its bytes, or the one entry of a list."""
        whole = self._wholes.get(name)
        if whole is None:
            return super().recalled(name, each, recall, rule)
        node = self._places[(each,)]
        self.line(f"{name} = {self.bind('KNOWN', whole.known.get)}(BYTES({node}), MISS)")
        self.line(f"if {name} is MISS: {name} = {self.bind('WHOLE', whole.read)}({node}, found)")
        return name

    def _is_text(self, value: str) -> str:
        """Ask nothing: what is no text raises, and the reference reads the record."""
        return ""

    def _is_object(self, node: str) -> str:
        return f"{node} is not None"

    def _of(self, node: str, name: str | None) -> str:
        return f"{node}.{self._attributes[name or '']}"

    def _of_any(self, node: str) -> str:
        return f"getattr({node}, {self.bind('AT', self._attributes)}[name])"

    def _get(self, parent: str, name: str, *, sure: bool) -> str:
        node = self.new("node")
        self.line(f"{node} = {'' if sure else f'None if {parent} is None else '}{self._of(parent, name)}")
        return node
