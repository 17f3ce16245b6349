"""Raw record to facts, by a mapping file. Pure."""

from kaa_bridge.mapping.load import MappingFile, bundled_mappings, load_mapping
from kaa_bridge.mapping.mapper import Mapped, Mapper, compile_mapping
from kaa_bridge.mapping.model import CountAssertions
from kaa_bridge.mapping.problems import PROBLEMS, Finding, RecordRefused
from kaa_bridge.mapping.written import Completes

__all__ = [
    "PROBLEMS",
    "Completes",
    "CountAssertions",
    "Finding",
    "Mapped",
    "Mapper",
    "MappingFile",
    "RecordRefused",
    "bundled_mappings",
    "compile_mapping",
    "load_mapping",
]
