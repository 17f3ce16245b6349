"""What a plugin raised, as an error of ours: only the kinds that its contract names, and no person number in it.

A name in a message cannot be recognised; a plugin that writes one breaks its contract, and the conformance kit looks.
"""

from __future__ import annotations

import re

from kaa_bridge.domain.person_number import DASHES
from kaa_bridge.errors import (
    ConfigurationInvalid,
    InputRefused,
    KaaError,
    NoteInDoubt,
    NoteNotSent,
    NoteRefused,
    PluginFailed,
    RecordProblem,
    SendingMisconfigured,
    Unreachable,
)

_MAY_RAISE: tuple[type[KaaError], ...] = (
    *(Unreachable, ConfigurationInvalid, RecordProblem, InputRefused),
    *(PluginFailed, SendingMisconfigured, NoteNotSent, NoteRefused, NoteInDoubt),
)
CODE = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
"""What an error's code looks like; a person does not fit in."""
_NAME = re.compile(r"[A-Za-z][\w.:-]{0,59}", re.ASCII)
_DASH, _GAP = rf"[-+\u2014\u00ad{DASHES}]", r"\s*+"
_BETWEEN, _WRITTEN = f"{_GAP}{_DASH}?+{_GAP}", rf"\d{{4}}{_DASH}\d\d{_DASH}\d\d"
_NUMBER = re.compile(
    rf"(?:\d(?:{_GAP}\d){{5,7}}|{_WRITTEN}){_BETWEEN}\w?\d(?:{_GAP}\d){{2,3}}"
    rf"|(?:\d(?:{_GAP}\d){{7}}|{_WRITTEN}){_BETWEEN}[^\W\d_]{_GAP}[^\W_]{_GAP}\d{_GAP}\d"
)
"""Wider than what is read as a number: every writing that the parser accepts, and a longer run of digits too."""
_LONGEST = 2000


def without_numbers(text: object) -> str:
    """Return a plugin's text with everything that could be a person number taken out, and not longer than a page."""
    return _NUMBER.sub("[number]", text[:_LONGEST]) if isinstance(text, str) else ""


def coded(error: BaseException, system: str) -> KaaError:
    """Return the error that stands for whatever a plugin raised.

    Args:
        error: what came out of it.
        system: configured name of the source or journal, or the plugin's.

    Returns:
        The same error with its texts cleaned, where it is one that the contract names; ``PluginFailed`` otherwise. A
        plugin cannot say that the state is unusable or that a run is locked.
    """
    kind = next((kind for kind in _MAY_RAISE if isinstance(error, kind)), None)
    if kind is None or not isinstance(error, KaaError):
        return _raised(error, system)
    code, message, remedy = getattr(error, "code", ""), getattr(error, "message", ""), getattr(error, "remedy", "")
    if not (isinstance(code, str) and CODE.fullmatch(code)):
        return _raised(error, system)
    if type(error) is kind:  # not a subclass, which could mean something else by the same name
        error.message, error.remedy = without_numbers(message), without_numbers(remedy)
        error.system = error.system if isinstance(error.system, str) and _NAME.fullmatch(error.system) else system
        return error
    return kind(code, without_numbers(message), remedy=without_numbers(remedy), system=system)


def contract_broken(system: str, what: str) -> PluginFailed:
    """Return the error for a plugin that answers something its contract does not allow."""
    return PluginFailed(
        "contract_broken",
        f"The plugin behind '{system}' {what}; nothing of that answer was used.",
        remedy="Report it to the plugin's author: 'kaa_bridge.testing.conformance' shows the rule it breaks.",
        system=system,
    )


def _raised(error: BaseException, system: str) -> PluginFailed:
    return PluginFailed(
        "plugin_raised",
        f"The plugin behind '{system}' failed with {type(error).__name__[:60]}; what it was asked for was not done.",
        remedy="Run 'kaa-bridge plugins list' to see its version, and report the failure to its author.",
        system=system,
    )
