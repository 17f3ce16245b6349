"""What every fact is: immutable, compared by value, made and encoded without Python code of its own.

A night makes and stores some facts for each youth, so what one costs is what a night costs. Facts hold no cycles; the
cycle collector need not follow them.
"""

from __future__ import annotations

from dataclasses import field, make_dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A fact, or several of one youth. ``msgspec.structs.replace`` gives a changed copy.

    The store keeps facts as arrays, which takes half the bytes of names and values: a state that is there reads the
    fields by their place. A new field is the last one and has a default (``tests/domain/test_stored_facts.py``).
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic read a fact strictly, by the annotations of its fields: an unknown field is an error."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(
            lambda read: cls(**{name: getattr(read, name) for name in cls.__struct_fields__}),
            handler.generate_schema(_mirror(cls)),
        )


def _mirror(cls: type[Fact]) -> type[Any]:
    """Return a dataclass with the same fields, which pydantic can read."""
    hints = get_type_hints(cls, include_extras=True)
    fields = [
        (one.name, hints[one.name], field() if one.required else field(default=one.default))
        for one in msgspec.structs.fields(cls)
    ]
    strict = {"__doc__": cls.__doc__, "__module__": cls.__module__, "__pydantic_config__": {"extra": "forbid"}}
    return make_dataclass(cls.__name__, fields, frozen=True, slots=True, kw_only=True, namespace=strict)
