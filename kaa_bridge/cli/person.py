"""Naming one youth on the command line: by opaque handle, or by number through a prompt, a file or standard input.

A number on a command line would stand in the process list and the shell's history, so it is refused there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kaa_bridge.cli.clock import today
from kaa_bridge.cli.numbers import number_refused
from kaa_bridge.domain.person_number import PersonNumberRefused, parse_person_number
from kaa_bridge.errors import InputRefused

if TYPE_CHECKING:
    from kaa_bridge.store.engine import Store
    from kaa_bridge.sync.plan import Person

F = TypeVar("F", bound=Callable[..., Any])


def person_options(function: F) -> F:
    """Add ``--person`` and ``--person-file`` to a command."""
    ref = click.option("--person", metavar="REF", help="Handle (U-…), or - for a number typed at a prompt or piped in.")
    file = click.option("--person-file", metavar="FILE", help="File that holds one number.")
    return ref(file(function))


def asked_number(ref: str | None, file: str | None) -> str | None:
    """Return the number that is typed at a prompt, piped in or stands in the file; ``None`` where the handle names.

    It comes before the state is opened and before any progress is shown: a spinner would wipe the prompt.

    Args:
        ref: a handle, or ``-`` for a number.
        file: a file that holds one number, where there is no ``ref``.

    Raises:
        InputRefused: a number on the command line, or no usable number.
    """
    if ref is not None and ref != "-":
        _refuse_number(ref)
        return None
    return _read_number(file)


def find_person(store: Store, ref: str | None, number: str | None, *, by_number: str) -> Person:
    """Return the youth that the number names, or the handle where there is none.

    Args:
        store: the municipality's state.
        ref: the handle.
        number: what ``asked_number`` gave.
        by_number: the command that asks for a number, as it is typed.

    Raises:
        InputRefused: nobody is known by the handle.
    """
    from kaa_bridge.store.handles import find_youth
    from kaa_bridge.store.identities import presumed_youths
    from kaa_bridge.store.records import youths_by_pseudonym
    from kaa_bridge.sync.plan import Person
    from kaa_bridge.sync.secrets import Pseudonyms

    with store.read() as connection:
        if number is not None:
            pseudonym = Pseudonyms(store.keys.pseudonym).of_number(number)
            found = youths_by_pseudonym(connection, [pseudonym]) or presumed_youths(connection, [pseudonym])
            return Person(frozenset(found.values()), number)
        youth_id = find_youth(connection, ref or "")
        if youth_id is None:
            raise _nobody(by_number)
        return Person(frozenset({youth_id}), _number_of(connection, youth_id))


def _number_of(connection: Any, youth_id: int) -> str | None:
    from kaa_bridge.store.query import rows

    ((number,),) = rows(connection, "SELECT number FROM youth WHERE id = ?", (youth_id,))
    return None if number is None else str(number)


def _refuse_number(ref: str) -> None:
    if sum(character.isdigit() for character in ref) >= 8 and not ref.startswith("U-"):
        raise number_refused()


def _read_number(file: str | None) -> str:
    if file is not None:
        text = _file_text(Path(file))
    elif sys.stdin.isatty():
        text = click.prompt("Person number", hide_input=True)
    else:
        text = sys.stdin.readline()
    try:
        return parse_person_number(text, as_of=today()).value
    except PersonNumberRefused as refused:
        raise InputRefused(
            "number_unusable",
            f"What was given is no usable person number ({refused.code}); nothing was done.",
            remedy="Write it with twelve digits, alone on the first line.",
        ) from None


def _file_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        raise InputRefused(
            "file_unreadable",
            "The file given with --person-file cannot be read as text; nothing was done.",
            remedy="Check its name and rights.",
        ) from None


def _nobody(by_number: str) -> InputRefused:
    return InputRefused(
        "handle_unknown",
        "No youth in the state has that handle; nothing was done.",
        remedy=f"kaa-bridge worklist shows handles; {by_number} asks for a number instead.",
    )
