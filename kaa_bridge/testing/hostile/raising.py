"""Ways to raise, for the source's pull and the journal's sending alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from kaa_bridge.errors import ConfigurationInvalid, ExitCode, GuardHold, RunLocked, StateUnusable, Unreachable
from kaa_bridge.testing.hostile.canary import CANARY


class _Odd(BaseException):
    """Neither an ``Exception`` nor anything known."""


class _Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError(CANARY)

    __repr__ = __str__


class _Liar(Unreachable):
    """Changes what an error of ours means."""

    exit_code = ExitCode.DONE


def raises_value_error() -> NoReturn:
    """Raise an ordinary exception whose message holds a person."""
    raise ValueError(CANARY)


def raises_base_exception() -> NoReturn:
    """Raise something that no ``except Exception`` catches."""
    raise _Odd(CANARY)


def raises_system_exit() -> NoReturn:
    """Ask the interpreter to end with success."""
    raise SystemExit(0)


def raises_keyboard_interrupt() -> NoReturn:
    """Pretend that a person pressed Ctrl-C."""
    raise KeyboardInterrupt


def raises_generator_exit() -> NoReturn:
    """Pretend that the generator was closed."""
    raise GeneratorExit


def raises_stop_iteration() -> NoReturn:
    """Pretend that an iterator has ended."""
    raise StopIteration(CANARY)


def raises_memory_error() -> NoReturn:
    """Pretend that memory has run out."""
    raise MemoryError(CANARY)


def recurses() -> object:
    """Call itself without end."""
    return recurses()


def raises_unprintable() -> NoReturn:
    """Raise an exception that raises again, with a person, when it is printed."""
    raise _Unprintable


def raises_group() -> NoReturn:
    """Raise a group of exceptions, one of them ``SystemExit``."""
    raise BaseExceptionGroup(CANARY, [ValueError(CANARY), SystemExit(3)])


def raises_coded_error_with_person() -> NoReturn:
    """Raise an error of ours with a person in message, remedy and code."""
    raise ConfigurationInvalid(CANARY, CANARY, remedy=CANARY, system=CANARY)


def raises_unreachable_with_number() -> NoReturn:
    """Raise an error of ours whose code is right and whose text holds a person number."""
    raise Unreachable("silent", f"Nothing came for {CANARY.split()[2]}.", remedy=f"Ask about {CANARY.split()[2]}.")


def raises_state_unusable() -> NoReturn:
    """Claim that the bridge's own state is damaged."""
    raise StateUnusable("state_damaged", "The state is damaged.")


def raises_run_locked() -> NoReturn:
    """Claim that another run is under way."""
    raise RunLocked("run_locked", "Another run is under way.")


def raises_guard_hold() -> NoReturn:
    """Claim that a guard holds the night."""
    raise GuardHold("held", "A guard holds.")


def raises_error_that_lies() -> NoReturn:
    """Raise an error of ours that claims to mean success."""
    raise _Liar("fine", "All is well.")


def raises_error_of_wrong_types() -> NoReturn:
    """Raise an error of ours whose parts are no text."""
    error = Unreachable("silent", "nothing")
    broken: Any = error
    broken.code, broken.message, broken.remedy = None, 17, [CANARY]
    raise error


RAISING: Mapping[str, Callable[[], object]] = {
    way.__name__: way
    for way in (
        *(raises_value_error, raises_base_exception, raises_system_exit, raises_keyboard_interrupt),
        *(raises_generator_exit, raises_stop_iteration, raises_memory_error, recurses, raises_unprintable),
        *(raises_group, raises_coded_error_with_person, raises_unreachable_with_number, raises_state_unusable),
        *(raises_run_locked, raises_guard_hold, raises_error_that_lies, raises_error_of_wrong_types),
    )
}
"""Each raises; none returns."""
