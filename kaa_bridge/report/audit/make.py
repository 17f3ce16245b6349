"""Puts a municipality's figures and self-check together from its state."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from kaa_bridge.config import MunicipalityTable, Settings
from kaa_bridge.host import PluginHost
from kaa_bridge.report.audit.judge import Judged, judge
from kaa_bridge.report.audit.model import load_standard
from kaa_bridge.report.audit.queries import Setting
from kaa_bridge.report.board.published import Published, publish
from kaa_bridge.report.board.sections import Section, plugin_sections
from kaa_bridge.store.connection import Connection
from kaa_bridge.sync.bridge import Bridge, make_bridge
from kaa_bridge.sync.health import source_health


def figures(
    connection: Connection, settings: Settings, table: MunicipalityTable, host: PluginHost, day: date
) -> tuple[Published, tuple[Section, ...]]:
    """Return what may be published of a municipality on a day, and what municipal plugins add to it.

    Raises:
        ConfigurationInvalid: the control objectives are unusable.
        InputRefused: no night has been run by the day.
    """
    standard = load_standard(table.audit, base_dir=settings.base_dir)
    with closing(make_bridge(settings, table, host)) as bridge:
        published = publish(connection, bridge, day, recent_days=standard.recent_days)
        return published, plugin_sections(connection, bridge, day)


def judged(connection: Connection, settings: Settings, table: MunicipalityTable, host: PluginHost, day: date) -> Judged:
    """Return a municipality's self-check on a day. Raises as ``figures``."""
    standard = load_standard(table.audit, base_dir=settings.base_dir)
    with closing(make_bridge(settings, table, host)) as bridge:
        published = publish(connection, bridge, day, recent_days=standard.recent_days)
        return judge(published, _setting(connection, bridge, day), standard)


def _setting(connection: Connection, bridge: Bridge, day: date) -> Setting:
    health = source_health(connection, bridge, day)
    routine = bridge.routine
    return Setting(
        routine_for=routine.municipality,
        routine_steps=len(routine.steps),
        own_routine=bridge.table.routine.endswith(".toml"),
        goal=bridge.table.goal is not None,
        proven=sum(one.proves(day) for one in health),
        sources=len(health),
    )
