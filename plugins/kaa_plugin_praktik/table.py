"""The list: for each youth and month what was attended, what the rule gives, and how it was reckoned."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from kaa_bridge.routine.working_days import is_working_day
from kaa_plugin_praktik.attendance import Month
from kaa_plugin_praktik.rates import Rule

HEADER = ("Ungdom", "Månad", "Närvaro", "Belopp (kr)", "Läge", "Uträkning", "Regel", "Källa")
BASIS, NONE, UNCLEAR = "Underlag", "Ingen ersättning", "Utred"
"""What a line is: an amount to pay after a person's decision, a month without, or one that a person must look at."""
_ORE = Decimal("0.01")
_WORKING_WEEK = 5


def month_line(month: Month, rule: Rule) -> tuple[str, ...]:
    """Return the month's line; an amount stands only where nothing is unclear."""
    amount, state, how = _reckon(month, rule)
    shown = f"{month.first:%Y-%m}" if month.first else ""
    attended = f"{_number(month.total)} timmar, {_days(month.days)}"
    return month.ref, shown, attended, amount, state, how, f"{rule.name}: {rule.text}", rule.source


def _reckon(month: Month, rule: Rule) -> tuple[str, str, str]:
    if month.doubts or month.first is None:
        return "", UNCLEAR, " ".join(month.doubts)
    if month.against:
        return "0,00", NONE, f"{' och '.join(sorted(month.against))}: ja."
    kronor = rule.kronor_on(month.first)
    if kronor is None:
        return "", UNCLEAR, "Inget belopp gällde den första dagen i månaden."
    if rule.unit == "day":
        return _kronor(kronor * month.days), BASIS, f"{_days(month.days)} à {_kronor(kronor)} kr."
    return _by_time(month, kronor, rule.full_time_hours or 0, month.first)


def _by_time(month: Month, kronor: Decimal, week: int, first: date) -> tuple[str, str, str]:
    """Reckon an amount for full time: full time in a month is a fifth of the week's hours for each working day."""
    last = monthrange(first.year, first.month)[1]
    working = sum(is_working_day(first.replace(day=day)) for day in range(1, last + 1))
    full = Decimal(week) * working / _WORKING_WEEK
    share = min(month.total / full, Decimal(1))
    how = (
        f"{_number(month.total)} av {_number(full)} timmar ({working} arbetsdagar, {week} timmar i veckan) är "
        f"{_number((share * 100).quantize(_ORE, ROUND_HALF_UP))} % av {_kronor(kronor)} kr."
    )
    return _kronor(kronor * share), BASIS, how


def _kronor(amount: Decimal) -> str:
    return f"{amount.quantize(_ORE, ROUND_HALF_UP)}".replace(".", ",")


def _days(count: int) -> str:
    return "1 dag" if count == 1 else f"{count} dagar"


def _number(value: Decimal) -> str:
    text = f"{value.normalize():f}" if value else "0"
    return text.replace(".", ",")
