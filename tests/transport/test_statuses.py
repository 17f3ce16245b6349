"""Which branch of errors a status belongs to: a unit test without sockets, so ``responses`` answers.

Everything that concerns bytes on the wire is tested against real sockets elsewhere; ``responses`` opens none.
"""

from __future__ import annotations

import pytest
import responses

from kaa_bridge.errors import ConfigurationInvalid, KaaError, Unreachable
from kaa_bridge.transport.http import HttpClient, expect_ok

URL = "http://127.0.0.1:9/register"


@responses.activate
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, ConfigurationInvalid), (403, ConfigurationInvalid), (301, ConfigurationInvalid),
        (308, ConfigurationInvalid), (404, Unreachable), (429, Unreachable), (500, Unreachable), (503, Unreachable),
    ],
)  # fmt: skip
def test_the_branch_of_a_status(status: int, error: type[KaaError]) -> None:
    body = {"message": "20080101-2382 finns inte"}
    responses.add(
        responses.GET, URL, json=body, status=status, headers={"Location": URL}, auto_calculate_content_length=True
    )
    with HttpClient(url=URL, attempts=1) as client, pytest.raises(error) as caught:
        expect_ok(client.get(URL), "qore")
    assert "2008" not in f"{caught.value} {caught.value.remedy}"
    assert len(responses.calls) == 1, "nothing is followed or tried again"


@responses.activate
def test_a_sound_answer_comes_through() -> None:
    responses.add(responses.GET, URL, json={"total": 1}, status=200, auto_calculate_content_length=True)
    with HttpClient(url=URL, attempts=1) as client:
        assert expect_ok(client.get(URL), "qore").json() == {"total": 1}
