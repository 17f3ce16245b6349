"""OEDB that takes changes, made against a simulated one by a bundled profile."""

from __future__ import annotations

from typing import Any

from kaa_adapter_oedb.updates import OedbUpdates
from kaa_bridge.contract import Journal, JournalContext
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.simulators.credentials import API_KEY, PASSWORD, USER

LOGINS: dict[str, dict[str, str]] = {
    "oedb": {"username": USER, "password": PASSWORD},
    "oedb_other": {"api_key": API_KEY},
}


def updates(url: str, mapping: str, **changed: Any) -> Journal:
    """Return the journal; ``changed`` replaces keys of ``[profile.updates]``."""
    profile: dict[str, Any] = dict(load_mapping(mapping).profile)
    profile["updates"] = {**profile["updates"], **changed}
    limits = {"connect_seconds": 1.0, "idle_seconds": 1.0, "total_seconds": 1.5}
    settings = {"url": url, **LOGINS[mapping], **limits}
    return OedbUpdates(JournalContext(name="oedb-updates", municipality="2303", settings=settings, profile=profile))
