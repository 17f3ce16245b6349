"""The values of the contract are dataclasses as plugin authors know them, although they share what is written once."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, dataclass, is_dataclass, make_dataclass, replace
from typing import Any

import pytest

from kaa_bridge import contract
from kaa_bridge.contract.value import Value

VALUES = sorted((one for one in vars(contract).values() if isinstance(one, type) and is_dataclass(one)), key=str)
DISCREET = {"CaseNote", "JournalContext", "SourceContext"}


def made(kind: Any, **other: Any) -> Any:
    """A value whose fields hold their own names."""
    return kind(**{name: name for name in kind.__dataclass_fields__} | other)


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_a_value_compares_and_shows_itself_as_a_plain_dataclass_does(kind: Any) -> None:
    first = next(iter(kind.__dataclass_fields__))
    plain = make_dataclass(kind.__name__, list(kind.__dataclass_fields__), frozen=True)
    value = made(kind)
    assert value == made(kind)
    assert hash(value) == hash(made(plain))
    assert value != made(kind, **{first: "another"})
    assert value != made(plain)
    assert replace(value, **{first: "another"}) == made(kind, **{first: "another"})
    assert asdict(value) == {name: name for name in kind.__dataclass_fields__}
    assert repr(value) == (repr(made(plain)) if kind.__name__ not in DISCREET else f"<{kind.__name__} {first}>")
    with pytest.raises(FrozenInstanceError):
        setattr(value, first, "changed")
    assert not hasattr(value, "__dict__")


def test_all_values_are_there() -> None:
    assert {kind.__name__ for kind in VALUES} == {
        *("BlackoutWindow", "CaseNote", "CheckResult", "Found", "HandedFile", "JournalContext", "JournalDescription"),
        *("Page", "Predicate", "Proof", "PullRequest", "Receipt", "SourceContext", "SourceDescription"),
    }


def test_a_value_of_another_class_with_the_same_fields_is_another_value() -> None:
    @dataclass(frozen=True, slots=True, repr=False, eq=False)
    class Derived(contract.Found):
        pass

    assert issubclass(Derived, Value)
    assert Derived(()) != contract.Found(())
    assert contract.Found(()) != Derived(())
