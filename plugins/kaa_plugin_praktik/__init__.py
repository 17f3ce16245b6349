"""The basis for allowance during praktik: attendance in, amount for each month out, with the rule shown.

It pays nothing and decides nothing: a person reads the list. The rules of Trollhättan and Ragunda are shipped as far as
their documents tell them; a municipality writes its own in a file of the same form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kaa_bridge.contract import FileTableMaker, HandedFile, hookimpl

__all__ = ["kaa_file_tables"]


def praktik_allowance(handed: HandedFile) -> Sequence[Sequence[str]]:
    """Return one line for each youth and month, sorted by month and handle.

    Raises:
        ConfigurationInvalid: the rate table is wrong, or has no rule for the municipality.
        InputRefused: the file lacks a column.
    """
    from kaa_plugin_praktik.attendance import read_attendance  # a night loads the plugin and makes no list
    from kaa_plugin_praktik.rates import load_rates
    from kaa_plugin_praktik.table import HEADER, month_line

    rule = load_rates(handed.settings).rule_of(handed.municipality)
    months = read_attendance(handed, rule.excludes)
    return [HEADER, *(month_line(month, rule) for month in months)]


@hookimpl
def kaa_file_tables() -> Mapping[str, FileTableMaker]:
    """Add the table ``praktik_allowance``."""
    return {"praktik_allowance": praktik_allowance}
