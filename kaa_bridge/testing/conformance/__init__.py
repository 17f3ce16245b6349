"""What every plugin must hold to, as classes to subclass in a test module."""

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{name}" for name in ("journal", "journal_checks", "source", "source_checks"))
)

from kaa_bridge.testing.conformance.journal import JournalConformance  # noqa: E402 - after the registration
from kaa_bridge.testing.conformance.source import SourceConformance  # noqa: E402 - after the registration

__all__ = ["JournalConformance", "SourceConformance"]
