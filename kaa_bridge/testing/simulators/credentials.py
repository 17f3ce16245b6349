"""The invented credentials that the simulated sources ask for."""

from __future__ import annotations

from base64 import b64encode

from kaa_bridge.testing.simulators.base import Answer, SeenRequest

USER = "kaa-bridge"
PASSWORD = "hemligt-bara-i-test"  # noqa: S105 - for simulators only
API_KEY = "nyckel-bara-i-test"


def basic_refusal(request: SeenRequest) -> Answer | None:
    """Return a 401 unless the request carries the invented user and password (HTTP Basic)."""
    expected = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    given = {name.lower(): text for name, text in request.headers.items()}.get("authorization")
    if given == f"Basic {expected}":
        return None
    return Answer(
        401, b"fel anv\xc3\xa4ndare eller l\xc3\xb6senord", headers={"WWW-Authenticate": 'Basic realm="test"'}
    )
