"""What makes requests use our connections: pools by origin, and an adapter that decides nothing about trust."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from kaa_bridge.transport.address import AddressBook, Origin
from kaa_bridge.transport.wire import Connection

logging.getLogger("urllib3").setLevel(logging.ERROR)
"""Its lower levels write whole addresses, queries included."""


class Pool(urllib3.HTTPConnectionPool):
    """Keeps connections of one origin, plain or TLS, alive between reads."""

    def __init__(self, origin: Origin, connect: Callable[[Origin], Connection]) -> None:
        """Remember how connections are made."""
        super().__init__(origin.host, origin.port, maxsize=4)
        self.ConnectionCls = lambda **_ignored: connect(origin)  # type: ignore[assignment]


class Adapter(HTTPAdapter):
    """Lets requests use our connections, whatever it thinks of certificates and proxies."""

    def __init__(self, connect: Callable[[Origin], Connection], book: AddressBook) -> None:
        """Remember how connections are made and which addresses are allowed."""
        super().__init__(max_retries=0)
        self._connect, self._book = connect, book
        self._pools: dict[Origin, Pool] = {}
        self._lock = threading.Lock()

    def get_connection_with_tls_context(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Return the pool of the request's origin; the address is checked here once more."""
        _url, origin = self._book.resolve(request.url.partition("?")[0])
        with self._lock:
            if origin not in self._pools:
                self._pools[origin] = Pool(origin, self._connect)
            return self._pools[origin]

    def request_url(self, request: requests.PreparedRequest, _proxies: Any) -> str:
        """Return path and query: there is no proxy that would need more."""
        return request.path_url

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Return the answer with its status: nobody asks requests for fields, cookies or a text."""
        response = requests.Response()
        response.status_code, response.raw, response.request = resp.status, resp, req
        return response

    def cert_verify(self, *_args: Any, **_kwargs: Any) -> None:
        """Leave verification to the connection's own context: requests would add authorities of its own."""

    def close(self) -> None:
        """Close every idle connection."""
        super().close()
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()
