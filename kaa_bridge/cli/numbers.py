"""A person number on a command line would stand in the process list and the shell's history: it is refused there."""

from __future__ import annotations

from collections.abc import Iterable

from kaa_bridge.errors import InputRefused

_DIGITS = 10
"""A number has so many digits, or two letters in their place (interim numbers)."""
_OTHERS = 3


def refuse_numbers(arguments: Iterable[str]) -> None:
    """Look at the arguments of any command, before one of them is read or repeated in a message.

    Raises:
        InputRefused: one of them, or the value of an option, has the shape of a person number in any of its writings.
    """
    if any(_is_number(argument.rpartition("=")[2]) for argument in arguments):
        raise number_refused()


def number_refused() -> InputRefused:
    """Return the error for a number that was typed where everybody can read it."""
    return InputRefused(
        "number_on_command_line",
        "A person number does not belong on a command line: it would stay in the process list and the history. "
        "Nothing was done; clear it from the shell's history.",
        remedy="kaa-bridge explain - (type it at the prompt) or kaa-bridge resync --person - (the same), or "
        "--person-file FILE with either; everywhere else the handle (U-…) names a youth.",
    )


def _is_number(value: str) -> bool:
    digits = sum(map(str.isdecimal, value))
    return digits + sum(map(str.isalpha, value)) >= _DIGITS <= len(value) <= digits + _OTHERS
