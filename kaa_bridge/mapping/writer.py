"""Writes Python statements that find the raw values of a record by their paths; see ``written``."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from kaa_bridge.mapping.converters import MISS, TEXT_LIMIT
from kaa_bridge.mapping.names import Tree
from kaa_bridge.mapping.paths import FIRST, Step, parse_path
from kaa_bridge.mapping.recall import Recall
from kaa_bridge.mapping.rules import Reading, Rule

Key = tuple[Any, ...]


class Writer:
    """The lines of one function ``read(raw)`` and the objects they use.

    Names of the mapping stand in it as string literals and everything else by a bound name, so no text of a mapping and
    none of a record can become code. ``return None`` leaves a record to the reference.
    """

    def __init__(self, listed: Container[str] = ()) -> None:
        """Begin with an empty body; what is not a list at one of the ``listed`` names is left to the reference."""
        self._listed = listed
        self._lists: set[str] = (
            set()
        )  # names at which nothing but objects in a list, or nothing, is left after ``check``
        self.bound: dict[str, Any] = {"MISS": MISS}
        self._lines: list[str] = []
        self._depth = 1
        self._count = 0
        self._places: dict[Key, str] = {(): "raw"}

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append("    " * self._depth + text)

    def new(self, kind: str) -> str:
        """Return a fresh name."""
        self._count += 1
        return f"{kind}{self._count}"

    def bind(self, kind: str, value: Any) -> str:
        """Return a name by which the lines can use an object."""
        name = self.new(kind)
        self.bound[name] = value
        return name

    def source(self) -> str:
        """Return the whole function."""
        return "\n".join(["def read(raw):", "    found = []", *self._lines]) + "\n"

    def ask(self, fact: str, rule: Callable[..., Any], findings: str = ", found") -> None:
        """Write a call of the reference's own rule for a fact."""
        self.line(f"{fact} = {self.bind('RULE', rule)}(raw{findings})")

    def check(self, tree: Tree, node: str = "raw") -> None:
        """Leave to the reference what holds a name that the mapping does not know, or another shape than it expects."""
        known = self.bind("KNOWN", frozenset(tree).issuperset)
        self.line(f"if not {known}({node}): return None")
        for name, sub in tree.items():
            if sub is None:
                continue
            child = self._get(node, name, sure=True)
            with self.block(f"if {child}.__class__ is list:"):
                entry = self.new("entry")
                with self.block(f"for {entry} in {child}:"):
                    self.line(f"if {entry}.__class__ is not dict: return None")
                    self.check(sub, entry)
            if node == "raw":
                self._places[(name,)] = child
                if name in self._listed:
                    self._lists.add(name)
                    self.line(f"elif {child} is not None: return None")
                    continue
            with self.block(f"elif {child}.__class__ is dict:"):
                self.check(sub, child)
            self.line(f"elif {child} is not None and {child}.__class__ is not str: return None")

    def value(self, paths: Sequence[str]) -> str | None:
        """Write what finds a value and return its name; ``None`` when a path is none of those that are written."""
        every = [parse_path(path) for path in paths]
        if not all(is_written(steps) and (not steps[0].filters or steps[0].name in self._lists) for steps in every):
            return None
        if len(every) == 1:
            return self._place(every[0], last=True)
        value = self.new("value")
        with ExitStack() as deeper:
            for steps in every[:-1]:
                self.line(f"{value} = {self._place(steps, last=False)}")
                deeper.enter_context(self.block(f"if {value} is None or {value} == '':"))
            self.line(f"{value} = {self._place(every[-1], last=True)}")
        return value

    def fact(self, name: str, value: str, reading: Reading) -> str:
        """Write what turns a raw value into the fact of that name, and return the variable that holds it."""
        fact = variable(name)
        read = f"{fact} = {self.bind('READ', reading.read)}({value}, found)"
        text, first = self._is_text(value), "if"
        if not reading.at_once:
            self.line(f"if {value} is None: {fact} = {self._constant(reading.default)}")
            first = "elif"
        if reading.is_text:
            self.line(f"{first} {text}len({value}) <= {TEXT_LIMIT} and {value}.isprintable():")
            self.line(f"    {fact} = {value}.strip() or None")
        elif reading.matches:
            self.line(f"{first} {text}{self.bind('MATCHES', reading.matches)}({value}): {fact} = {value}")
        else:
            self.line(f"{first} {value}.__class__ is str:")
            self.line(f"    {fact} = {self.bind('QUICK', reading.quick)}({value}, MISS)")
            self.line(f"    if {fact} is MISS: {read}")
        self.line(f"else: {read}")
        return fact

    def recalled(self, name: str, each: str, recall: Recall, rule: Rule) -> str:
        """Write what recalls the one entry of a list, where there is one, and asks the rule otherwise."""
        fact, steps = variable(name), parse_path(each)
        by = steps[-1].filters
        if any(step.filters for step in steps[:-1]) or len(by) > 1 or (by and by[0].name is None):
            self.ask(fact, rule)
            return fact
        node = self._node(tuple(step.name for step in steps))
        self.line(f"{fact} = None")
        one = self._found_before(steps)
        if one is None:
            one = self.new("one")
            self.line(f"{one} = {node}[0] if {node}.__class__ is list and len({node}) == 1 else None")
            fits = self._is_object(one) + (f" and {self._of(one, by[0].name)} == {by[0].value!r}" if by else "")
        else:
            alone = self._alone(node, steps[0])
            fits = f"{one} is not None and (len({node}) == 1{alone})"
        values = "".join(f"{self._of(one, known)}, " for known in recall.names)
        with self.block(f"if {fits}:"):
            self.line(f"try: known = {self.bind('RECALL', recall.facts.get)}(({values}))")
            self.line("except TypeError: known = None")
            with self.block("if known is not None:"):
                self.line("for name, kind in known[1]:")
                self.line(f"    if {self._of_any(one)}.__class__ is not kind: break")
                self.line(f"else: {fact} = known[2]")
        with self.block(f"if {fact} is None:"):
            self.ask(fact, rule)
        return fact

    def _is_text(self, value: str) -> str:
        """Return the condition that comes before all that is asked of a text."""
        return f"{value}.__class__ is str and "

    def _is_object(self, node: str) -> str:
        """Return what tells whether a node is an object."""
        return f"{node}.__class__ is dict"

    def _of(self, node: str, name: str | None) -> str:
        """Return what gives the value of a name in an object."""
        return f"{node}.get({name!r})"

    def _of_any(self, node: str) -> str:
        """Return what gives the value of the name that the variable ``name`` holds."""
        return f"{node}.get(name)"

    def _alone(self, node: str, step: Step) -> str:
        """Return the condition that one entry of several fits: homes stand beside other addresses."""
        by = step.filters[0]
        if by.value in ("true", "false"):
            return ""
        return f" or len([1 for one in {node} if {self._of('one', by.name)} == {by.value!r}]) == 1"

    def _found_before(self, steps: tuple[Step, ...]) -> str | None:
        """Return the variable of the first entry that the filter lets through, if a path has looked for it."""
        if len(steps) > 1 or not steps[0].filters:
            return None
        first = Step(steps[0].name, (*steps[0].filters, FIRST))
        return self._places.get((first, False)) or self._places.get((first, True))

    def _constant(self, value: Any) -> str:
        return "None" if value is None else self.bind("CONST", value)

    def _place(self, steps: tuple[Step, ...], *, last: bool) -> str:
        first = steps[0]
        if not first.filters:
            return self._node(tuple(step.name for step in steps))
        entry = self._entry(first, last=last)
        if len(steps) == 1:
            return entry
        value = self.new("value")
        self.line(f"{value} = None if {entry} is None else {self._of(entry, steps[1].name)}")
        return value

    def _node(self, names: tuple[str, ...]) -> str:
        """Return what stands at plain names; written once."""
        known = self._places.get(names)
        if known is None:
            parent = self._node(names[:-1])
            known = self._places[names] = self._get(parent, names[-1], sure=parent == "raw")
        return known

    def _get(self, parent: str, name: str, *, sure: bool) -> str:
        node = self.new("node")
        if sure:
            self.line(f"{node} = {self._of(parent, name)}")
        else:
            self.line(f"if {parent}.__class__ is dict: {node} = {self._of(parent, name)}")
            self.line(f"elif {parent} is None or {parent} == '': {node} = None")
            self.line("else: return None")
        return node

    def _entry(self, step: Step, *, last: bool) -> str:
        """Return the first entry of a list that fits the filter; one whose filter cannot be judged is left alone."""
        key = (step, last and len(step.filters) > 1)
        if known := self._places.get(key):
            return known
        entries, entry = self._node((step.name,)), self.new("entry")
        if len(step.filters) == 1:
            self.line(f"{entry} = {entries}[0] if {entries} else None")
        else:
            self.line(f"{entry} = None")
            with self.block(f"if {entries}:"), self.block(f"for one in {entries}:"):
                self._filter(step, entry, last=last)
        self._places[key] = entry
        return entry

    def _filter(self, step: Step, entry: str, *, last: bool) -> None:
        by, wanted = step.filters[0].name, step.filters[0].value
        boolean = wanted in ("true", "false")
        self.line(f"by = {self._of('one', by)}")
        with self.block(f"if by {'is' if boolean else '=='} {wanted == 'true' if boolean else repr(wanted)}:"):
            self.line(f"{entry} = one")
            self.line("break")
        judged = f"by.__class__ is {'bool' if boolean else 'str'}" + ("" if last else " or by is None")
        self.line(f"if not ({judged}): return None")

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a head and indent what follows; places found inside are known there only."""
        self.line(head)
        before = dict(self._places)
        self._depth += 1
        yield
        self._depth -= 1
        self._places = before


def variable(fact: str) -> str:
    """Return the variable of a fact: the names of facts are a closed list of ours."""
    return fact.replace(".", "_")


def is_written(steps: tuple[Step, ...]) -> bool:
    """Tell whether a path is plain names, or ``list[0]`` or ``list[name=value][0]`` with at most one name after it."""
    if not steps or any(step.filters for step in steps[1:]):
        return False
    filters = steps[0].filters
    if not filters:
        return True
    named = [part.name is not None for part in filters]
    return len(steps) <= 2 and named in ([False], [True, False]) and filters[-1].index == 0
