"""The law data on leaving school: ``kaa_mappings/law/leaving.toml``."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from msgspec import convert

from kaa_bridge.law.parameters import Strict


class LeavingRule(Strict, frozen=True):
    """One paragraph: its citation, the act that gave the wording, and what it means in Swedish."""

    provision: str
    act: str
    text: str


class WithdrawalRule(LeavingRule, frozen=True):
    """12 kap. 4 §: below ``of_age`` the guardian must consent."""

    of_age: int


class AbsenceRule(LeavingRule, frozen=True):
    """12 kap. 4 a §: absent more than ``months`` calendar months in a row."""

    months: int


class LeavingLaw(Strict, frozen=True):
    """The three ways to count as having left, and when the wording was last compared with a published text."""

    format: Literal["kaa-law-leaving/1"]
    last_checked: date
    checked_against: str
    no_show: LeavingRule
    withdrawal: WithdrawalRule
    absence: AbsenceRule


@cache
def leaving_law() -> LeavingLaw:
    """Return the packaged law data on leaving school; read once."""
    text = (files("kaa_mappings") / "law" / "leaving.toml").read_text("utf-8")
    return convert(tomllib.loads(text), LeavingLaw)
