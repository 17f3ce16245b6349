"""A person that hostile plugins leak; a published test number, and a name that nobody has."""

from __future__ import annotations

CANARY_NUMBER = "200402292387"
CANARY_NAME = "Kanariefågel Läcksson"
CANARY = f"{CANARY_NAME} {CANARY_NUMBER[:8]}-{CANARY_NUMBER[8:]} Läckgatan 1"
"""What a plugin writes where no person belongs."""
