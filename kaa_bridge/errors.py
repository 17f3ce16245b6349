"""Every error that leaves a room, grouped by what the caller does next.

An error carries a code, one paragraph in plain words and the exact command or setting to use next. It never carries a
person: no number, name, address or raw value of a source. Attributes, not strings, are what code acts on; the single
presenter is ``kaa_bridge.cli.present``.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Process exit codes (contracts.md section 1); numbers never change meaning."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    UNREACHABLE = 4
    GUARD = 5
    ATTENTION = 6
    LOCKED = 75


SEVERITY = (
    ExitCode.DONE,
    ExitCode.ATTENTION,
    ExitCode.UNREACHABLE,
    ExitCode.GUARD,
    ExitCode.LOCKED,
    ExitCode.CONFIGURATION,
    ExitCode.USAGE,
    ExitCode.FAILED,
)
"""From mildest to worst: the worst outcome of a run decides its exit code."""


def worst(*codes: ExitCode) -> ExitCode:
    """Return the worst of the codes, ``DONE`` when there is none."""
    return max(codes, key=SEVERITY.index, default=ExitCode.DONE)


class Stopped(BaseException):
    """A person or the operating system asked the process to end, at a moment when leaving at once loses nothing.

    No ``except Exception`` swallows it; whatever transaction is open rolls back on its way out.
    """


class KaaError(Exception):
    """Root of all expected errors.

    Args:
        code: stable identifier, snake case.
        message: what happened, to which system or record (opaque reference), and what was not done because of it.
        remedy: the exact command or setting to use next.
        system: the source, journal or plugin concerned, by its configured name.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(self, code: str, message: str, *, remedy: str = "", system: str | None = None) -> None:
        """Keep the parts as attributes; see the class for their meaning."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.remedy = remedy
        self.system = system


class InputRefused(KaaError):
    """The command or a file given to it is not usable as it stands: correct it and call again."""

    exit_code = ExitCode.USAGE


class ConfigurationInvalid(KaaError):
    """Configuration, mapping, routine, law data, secret or certificate must be corrected by the administrator."""

    exit_code = ExitCode.CONFIGURATION


class Unreachable(KaaError):
    """A system did not answer usably: nothing is concluded from its silence; try again later."""

    exit_code = ExitCode.UNREACHABLE


class GuardHold(KaaError):
    """A guard holds the municipality's night until a person has looked and released it."""

    exit_code = ExitCode.GUARD


class RecordProblem(KaaError):
    """One record cannot be used: it is quarantined, the rest goes on."""

    exit_code = ExitCode.ATTENTION


class RunLocked(KaaError):
    """Another run holds the municipality's lock: wait for it."""

    exit_code = ExitCode.LOCKED


class StateUnusable(KaaError):
    """The state store is missing, damaged or of another version: restore it; never start fresh."""

    exit_code = ExitCode.FAILED


class PluginFailed(KaaError):
    """A plugin raised, hung, or broke its contract: it is left out, the rest goes on."""

    exit_code = ExitCode.UNREACHABLE


class NoteNotSent(KaaError):
    """A note definitely did not leave: no byte of the request was written. It may be sent again."""

    exit_code = ExitCode.UNREACHABLE


class SendingMisconfigured(NoteNotSent):
    """A note definitely did not leave, and none will before configuration, secret or certificate are corrected."""

    exit_code = ExitCode.CONFIGURATION


class NoteRefused(KaaError):
    """The journal answered, by a code its contract lists, that it did not store the note. A human decides."""

    exit_code = ExitCode.ATTENTION


class NoteInDoubt(KaaError):
    """The journal may or may not have stored the note: only a look-up or a human can tell."""

    exit_code = ExitCode.ATTENTION
