"""Norrköpings kommun: what its action plan for the aktivitetsansvaret asks for beyond the common routine.

The worked example of a municipal plugin: a condition, a work-list column, a meeting list, a wording of a note and a
section of the nämnd report. It never touches the law.
"""

from __future__ import annotations

from collections.abc import Mapping

from kaa_bridge.contract import ColumnMaker, Predicate, SectionMaker, TableMaker, hookimpl
from kaa_plugin_norrkoping.conditions import BREAK_WITHOUT_FORM
from kaa_plugin_norrkoping.social_services import social_services_meeting
from kaa_plugin_norrkoping.target_groups import target_group_cell, target_group_counts

__all__ = ["kaa_columns", "kaa_note_templates", "kaa_predicates", "kaa_report_sections", "kaa_tables"]

REGISTERED = """{% include "registered.j2" %}

Enligt handlingsplanen skickas ett vykort med information till folkbokföringsadressen inom en vecka.
"""
"""The bundled note, and what the action plan says comes first."""


@hookimpl
def kaa_predicates() -> Mapping[str, Predicate]:
    """Add the condition ``norrkoping_break_without_form``."""
    return {BREAK_WITHOUT_FORM.name: BREAK_WITHOUT_FORM}


@hookimpl
def kaa_columns() -> Mapping[str, ColumnMaker]:
    """Add the work-list column *Målgrupp*."""
    return {"Målgrupp": target_group_cell}


@hookimpl
def kaa_note_templates() -> Mapping[str, str]:
    """Add the wording ``norrkoping_registered``."""
    return {"norrkoping_registered": REGISTERED}


@hookimpl
def kaa_report_sections() -> Mapping[str, SectionMaker]:
    """Add how many of the register stand in each target group."""
    return {"Målgrupper i handlingsplanen": target_group_counts}


@hookimpl
def kaa_tables() -> Mapping[str, TableMaker]:
    """Add the list for the monthly meeting with the social services."""
    return {"norrkoping_social_services": social_services_meeting}
