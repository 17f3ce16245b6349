"""The configuration file: strict model, secrets by reference."""

from kaa_bridge.config.load import FILE_NAME, Settings, find_file, load_settings, read_settings
from kaa_bridge.config.model import (
    Configuration,
    GoalTable,
    GuardTable,
    JournalTable,
    LawTable,
    MunicipalityTable,
    SendTable,
    SourceTable,
    StoreTable,
    UpdatesTable,
)

__all__ = [
    "FILE_NAME",
    "Configuration",
    "GoalTable",
    "GuardTable",
    "JournalTable",
    "LawTable",
    "MunicipalityTable",
    "SendTable",
    "Settings",
    "SourceTable",
    "StoreTable",
    "UpdatesTable",
    "find_file",
    "load_settings",
    "read_settings",
]
