"""Norrköpings kommun: what its action plan for the aktivitetsansvaret asks for beyond the common routine.

The worked example of a municipal plugin: a condition, a work-list column and a meeting list. It never touches the law.
"""

from __future__ import annotations

from collections.abc import Mapping

from kaa_bridge.contract import ColumnMaker, Predicate, TableMaker, hookimpl
from kaa_plugin_norrkoping.conditions import BREAK_WITHOUT_FORM
from kaa_plugin_norrkoping.social_services import social_services_meeting
from kaa_plugin_norrkoping.target_groups import target_group_cell

__all__ = ["kaa_columns", "kaa_predicates", "kaa_tables"]


@hookimpl
def kaa_predicates() -> Mapping[str, Predicate]:
    """Add the condition ``norrkoping_break_without_form``."""
    return {BREAK_WITHOUT_FORM.name: BREAK_WITHOUT_FORM}


@hookimpl
def kaa_columns() -> Mapping[str, ColumnMaker]:
    """Add the work-list column *Målgrupp*."""
    return {"Målgrupp": target_group_cell}


@hookimpl
def kaa_tables() -> Mapping[str, TableMaker]:
    """Add the list for the monthly meeting with the social services."""
    return {"norrkoping_social_services": social_services_meeting}
