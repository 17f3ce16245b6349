"""Finds, loads and isolates plugins, one by one."""

from kaa_bridge.host.guarded import GuardedJournal, GuardedSource
from kaa_bridge.host.loader import PluginHost, PluginStatus, load_plugins
from kaa_bridge.host.supervise import Worker, call_limited, iterate_limited

__all__ = [
    "GuardedJournal",
    "GuardedSource",
    "PluginHost",
    "PluginStatus",
    "Worker",
    "call_limited",
    "iterate_limited",
    "load_plugins",
]
