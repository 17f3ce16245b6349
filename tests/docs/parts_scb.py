"""Layouts of SCB's file, from the model, the list of sources and the list of checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, get_args, get_origin

from pydantic import BaseModel

from kaa_bridge.report.scb import model
from kaa_bridge.report.scb.catalogue import ALWAYS, CHECKS, Known
from kaa_bridge.report.scb.fields import FIELDS, BlockKind
from tests.docs.markdown import doc, opening, section, table

TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("(top of the file)", model.ScbLayout),
    ("[official]", model.Official),
    ("[file]", model.FileForm),
    ("[[blocks]]", model.Block),
    ("[[blocks.columns]]", model.Column),
    ("[[checks]]", model.Check),
)


def tables() -> str:
    """Return one list of keys for each table."""
    return "\n\n".join(_table(name, kind) for name, kind in TABLES)


def sources() -> str:
    """Return what a column can be filled with."""
    rows = [
        (
            f"`{name}`",
            field.kind,
            _blocks(field.blocks),
            field.meaning,
            ", ".join(f"`{word}`" for word in sorted(field.words)),
        )
        for name, field in FIELDS.items()
    ]
    return table(("source", "kind", "blocks", "meaning", "words"), rows)


def checks() -> str:
    """Return the checks that a layout may name."""
    return _known(CHECKS)


def always() -> str:
    """Return what is looked at in any case."""
    return _known(ALWAYS)


def told(kind: type[BaseModel]) -> dict[str, str]:
    """Return what the docstring of a table says of each key."""
    return section(doc(kind), "Attributes")


def _table(name: str, kind: type[BaseModel]) -> str:
    meanings = {key: text + _choices(kind, key) for key, text in told(kind).items()}
    rows = [
        (f"`{key}`", "required" if field.is_required() else "", meanings.get(key, ""))
        for key, field in kind.model_fields.items()
    ]
    about = opening(doc(kind)).split(": ", 1)[-1]
    return f"### `{name}`\n\n{about[0].upper()}{about[1:]}\n\n{table(('key', '', 'meaning'), rows)}"


def _choices(kind: type[BaseModel], key: str) -> str:
    annotation = kind.model_fields[key].annotation
    words = get_args(annotation) if get_origin(annotation) is Literal else ()
    return f" One of {', '.join(f'`{word!r}`'.replace(chr(39), '') for word in words)}." if len(words) > 1 else ""


def _blocks(kinds: frozenset[BlockKind]) -> str:
    return (
        "all" if len(kinds) == len(BlockKind) else ", ".join(f"`{kind.value}`" for kind in BlockKind if kind in kinds)
    )


def _known(known: Mapping[str, Known]) -> str:
    return table(("check", "asks for", "says"), list(_rows(known)))


def _rows(known: Mapping[str, Known]) -> Iterator[tuple[str, str, str]]:
    for name, check in known.items():
        asks = ", ".join(f"`{one}`" for one in ("block", "earlier", "field") if one in check.asks)
        yield f"`{name}`", asks, f"{check.problem} {check.remedy}"
