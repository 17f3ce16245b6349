"""Small routine files for tests: one step, changed where a test wants it."""

from __future__ import annotations

from kaa_bridge.routine import Routine, parse_routine

HEAD = """[routine]
format = "kaa-routine/1"
name = "test"
version = "1"
title = "Test"
source = "Test"
"""


def step(action: str = "phone", window: str = '{ within = "P1W" }', clock: str = "reg", more: str = "") -> str:
    """Return one ``[[step]]``."""
    return f"""
[[step]]
action = "{action}"
clock = "{clock}"
window = {window}
responsible = "case_officer"
recipient = "youth"
text = "Gör det."
rule = "Planen"
{more}
"""


def routine(*steps: str, head: str = "") -> Routine:
    """Return the routine of the steps; ``head`` adds lines to ``[routine]``."""
    return parse_routine((HEAD + head + "".join(steps or (step(),))).encode())
