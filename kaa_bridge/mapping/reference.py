"""Writes the generated parts of the reference page from what the code does, so that the page cannot drift."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from kaa_bridge.mapping.codes import bundled_names, bundled_table, words_of
from kaa_bridge.mapping.converters import CONVERTERS, Kind
from kaa_bridge.mapping.fields import DEFAULTS, FIELDS
from kaa_bridge.mapping.model import CountAssertions, EntryRules, Head, RuleModel
from kaa_bridge.mapping.problems import PROBLEMS

_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def generated() -> dict[str, str]:
    """Return the generated parts by name, each as Markdown."""
    return {
        "head": _keys(Head),
        "rule": _keys(RuleModel),
        "entries": _keys(EntryRules),
        "counts": _keys(CountAssertions),
        "facts": _facts(),
        "converters": _converters(),
        "codes": _codes(),
        "problems": _table(("code", "meaning"), [(f"`{code}`", text) for code, text in PROBLEMS.items()]),
    }


def renewed(page: str) -> str:
    """Return the page with every generated part written anew."""
    parts = generated()
    return _PART.sub(lambda match: f"{match[1]}\n{parts[match[2]]}\n{match[3]}", page)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _keys(model: type[BaseModel]) -> str:
    rows: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        must = "yes" if field.is_required() else ""
        rows.append((f"`{field.alias or name}`", must, field.description or ""))
    return _table(("key", "needed", "meaning"), rows)


def _facts() -> str:
    rows: list[tuple[str, ...]] = []
    for name, field in FIELDS.items():
        words = words_of(name)
        if name == "placements.school_form":
            reads = "`codes` to a school type, see `ss12000_school_types`"
        elif field.kind is None:
            reads = "`codes` to " + ", ".join(f"`{word}`" for word in _ordered(name, words or frozenset()))
        else:
            reads = f"converter of {field.kind}; without one `{field.convert}`"
        policies = ", ".join(f"`{policy}`" for policy in field.policies)
        default = f"`{DEFAULTS[name]}`" if name in DEFAULTS else ""
        must = "yes" if field.needed else ""
        rows.append((f"`{name}`", must, field.text, reads, policies, default))
    return _table(("fact", "needed", "meaning", "read by", "`unknown` may be", "`default` may be"), rows)


def _ordered(name: str, words: frozenset[str]) -> list[str]:
    declared: Any = FIELDS[name].words
    return [word.value for word in declared] if declared is not None else sorted(words)


def _converters() -> str:
    kinds = {Kind.TEXT: "text", Kind.DATE: "date", Kind.NUMBER: "person number", Kind.BOOLEAN: "yes or no"}
    rows: list[tuple[str, ...]] = [(f"`{name}`", kinds[one.kind], one.text) for name, one in CONVERTERS.items()]
    return _table(("converter", "gives", "accepts"), rows)


def _codes() -> str:
    rows: list[tuple[str, ...]] = []
    for name in bundled_names():
        table = bundled_table(name)
        if table is not None:
            codes = ", ".join(
                f"`{code}`" if code == word else f"`{code}` → `{word}`" for code, word in table.codes.items()
            )
            rows.append((f"`{name}`", f"`{table.fact}`", table.source, codes))
    return _table(("table", "for", "source", "codes"), rows)
