"""The rate table: which rule a municipality has, what it gives, and since when."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kaa_bridge.errors import ConfigurationInvalid

_Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Amount(_Model):
    """So many kronor, from a day on (inclusive); without ``from`` always."""

    kronor: Annotated[str, Field(pattern=r"^\d{1,5}(\.\d{1,2})?$")]
    since: Annotated[date | None, Field(alias="from")] = None


class Rule(_Model):
    """One municipality's rule.

    Attributes:
        unit: ``month`` (the amount is for full time, less in proportion to attended time) or ``day`` (for each day
            attended).
        full_time_hours: hours a week that are full time, for ``month``.
        excludes: columns of the file whose *ja* means no allowance, such as ``CSN``.
        text: the rule in Swedish, as the list shows it.
        source: the document it is taken from.
    """

    municipality: Annotated[str, Field(pattern=r"^\d{4}$")]
    name: _Text
    unit: Literal["month", "day"]
    full_time_hours: Annotated[int | None, Field(ge=1, le=60)] = None
    excludes: list[_Text] = []
    text: _Text
    source: _Text
    amount: list[Amount] = []

    def kronor_on(self, day: date) -> Decimal | None:
        """Return the amount that holds on the day, ``None`` when none does."""
        held = [one for one in self.amount if one.since is None or one.since <= day]
        latest = max(held, key=lambda one: one.since or date.min, default=None)
        return Decimal(latest.kronor) if latest else None


class Rates(_Model):
    """A rate table, ``kaa-praktik/1``."""

    format: Literal["kaa-praktik/1"]
    rule: Annotated[list[Rule], Field(min_length=1)]

    def rule_of(self, municipality: str) -> Rule:
        """Return the municipality's rule.

        Raises:
            ConfigurationInvalid: it has none, has two, or its amount is not filled in.
        """
        found = [rule for rule in self.rule if rule.municipality == municipality]
        if len(found) != 1:
            raise _wrong(f"it has {'no rule' if not found else 'two rules'} for the municipality {municipality}")
        if not found[0].amount:
            raise _wrong(f"the rule of {found[0].name} has no amount: its document does not tell one")
        if found[0].unit == "month" and found[0].full_time_hours is None:
            raise _wrong(f"the rule of {found[0].name} does not say how many hours a week are full time")
        return found[0]


def load_rates(settings: Mapping[str, Any] | None) -> Rates:
    """Return the rate table: the one that was handed over, else the bundled one.

    Raises:
        ConfigurationInvalid: it is not of the form ``kaa-praktik/1``.
    """
    if settings is None:
        settings = tomllib.loads((files("kaa_plugin_praktik") / "rates.toml").read_text("utf-8"))
    try:
        return Rates.model_validate(settings)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        raise _wrong(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None


def _wrong(why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "praktik_rates",
        f"The rate table for praktik cannot be used: {why}. Nothing was computed.",
        remedy="Copy plugins/kaa_plugin_praktik/rates.toml, fill in what your municipality has decided, and add "
        "--settings FILE.toml.",
        system="praktik",
    )
