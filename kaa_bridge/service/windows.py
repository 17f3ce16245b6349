"""A task for Windows' Task Scheduler, after its documented schema (version 1.2 of the task format).

``Enabled`` of the trigger is left out (its default is true): the schema and the files that Windows itself exports
disagree about where it stands.
"""

from __future__ import annotations

import sys
from datetime import date
from subprocess import list2cmdline
from typing import Any

from lxml import etree

from kaa_bridge.service.needs import Needs

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"


def task_xml(needs: Needs, *, user: str, first: date) -> bytes:
    """Return the file for ``schtasks /Create /XML``: UTF-16 with byte order mark, as Windows reads it.

    The time is the machine's local time, which must be Sweden's.

    Args:
        needs: what the configuration asks for.
        user: the account that owns state, key and secrets, as ``DOMAIN\\name``.
        first: the first day that the task may run.
    """
    spaces: Any = {None: NAMESPACE}  # the stubs know no namespace without a prefix
    root = etree.Element(f"{{{NAMESPACE}}}Task", {"version": "1.2"}, nsmap=spaces)
    _add(_add(root, "RegistrationInfo"), "Description", "kaa-bridge, one night (kaa-bridge service install)")
    trigger = _add(_add(root, "Triggers"), "CalendarTrigger")
    _add(trigger, "StartBoundary", f"{first.isoformat()}T{needs.at}:00")
    _add(_add(trigger, "ScheduleByDay"), "DaysInterval", "1")
    principal = _add(_add(root, "Principals"), "Principal")
    principal.set("id", "kaa")
    for name, text in (("UserId", user), ("LogonType", "Password"), ("RunLevel", "LeastPrivilege")):
        _add(principal, name, text)
    settings = _add(root, "Settings")
    for name, text in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("RunOnlyIfNetworkAvailable", "true"),
        ("ExecutionTimeLimit", f"PT{needs.night_seconds:.0f}S"),
        ("Enabled", "true"),
    ):
        _add(settings, name, text)
    actions = _add(root, "Actions")
    actions.set("Context", "kaa")
    execute = _add(actions, "Exec")
    arguments = ["-P", "-m", "kaa_bridge", "--config", str(needs.configuration), "--log-format", "json", "run"]
    _add(execute, "Command", sys.executable)
    _add(execute, "Arguments", list2cmdline(arguments))
    _add(execute, "WorkingDirectory", str(needs.configuration.parent))
    written = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{written}'.encode("utf-16")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made
