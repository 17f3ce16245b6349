"""Makes the struct of a plainly built record, so that JSON is decoded straight into it.

A struct knows its names: one that the mapping does not name, or a value where it expects an object, ends the decoding,
and the record is read another way. What no rule reads is decoded all the same: a text that is skipped is not held to
UTF-8, so that a record would be refused or not by how many came before it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

import msgspec

from kaa_bridge.mapping.names import Tree

NOTHING = msgspec.Raw(b"")
"""Stands for a list that is kept as bytes, where the record has none."""


class Attributes(dict[str, str]):
    """The attribute under which each name of a record stands: names may be anything, attributes may not."""

    def __missing__(self, name: str) -> str:
        made = self[name] = f"n{len(self)}"
        return made


def decoder(
    tree: Tree, attributes: Attributes, *, listed: Container[str], kept: Container[str]
) -> Callable[[bytes], Any]:
    """Return what decodes a record.

    Args:
        tree: all names that the mapping knows.
        attributes: the attribute of each name.
        listed: names of the record at which a list of objects stands.
        kept: names of the record whose value is kept as the bytes that came.

    Raises:
        ValueError: a name cannot be a key of JSON as msgspec compares it.
    """
    special: dict[str, tuple[Any, Any]] = dict.fromkeys((name for name in tree if name in kept), (msgspec.Raw, NOTHING))
    for name, below in tree.items():
        if name in listed and below is not None:
            special[name] = (list[_struct(below, attributes, {})] | None, None)  # type: ignore[misc]
    return msgspec.json.Decoder(_struct(tree, attributes, special)).decode


def _struct(tree: Tree, attributes: Attributes, special: Mapping[str, tuple[Any, Any]]) -> Any:
    fields = [(attributes[name], *(special.get(name) or _field(below, attributes)))
              for name, below in tree.items()]  # fmt: skip
    names = {attributes[name]: name for name in tree}
    return msgspec.defstruct("Plain", fields, rename=names, forbid_unknown_fields=True, gc=False)


def _field(below: Tree | None, attributes: Attributes) -> tuple[Any, Any]:
    """Return type and default of a name: what is below it, or any value."""
    if below is None:
        return Any, None
    inner = _struct(below, attributes, {})
    return inner | list[inner] | None, None  # type: ignore[valid-type]
