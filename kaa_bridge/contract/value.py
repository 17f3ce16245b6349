"""What the values of the contract share, written once.

``dataclass`` would compile it for each of them from its text, at every start: it only makes ``__init__`` and freezes.
"""

from __future__ import annotations

from dataclasses import Field
from typing import Any, ClassVar


class Value:
    """Shown by its fields, and equal to a value of its class whose fields are equal."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __repr__(self) -> str:
        """Show the fields as they would be written."""
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        """Compare the fields."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__dataclass_fields__)

    def __hash__(self) -> int:
        """Agree with what is equal."""
        return hash(tuple(getattr(self, name) for name in self.__dataclass_fields__))
