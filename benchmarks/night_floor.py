"""The floor of a night: plain http.client, orjson and an sqlite3 upsert of persons and enrolments, nothing else.

No digest, no mapping, no decision. What the product costs beside it is what its promises cost.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import sys
from urllib.parse import urlsplit

import orjson

_PERSON = (
    "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET civic_no = excluded.civic_no, "
    "given = excluded.given, family = excluded.family, birth = excluded.birth, marking = excluded.marking"
)
_ENROLMENT = (
    "INSERT INTO enrolment VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (person, unit, type, start) DO UPDATE SET "
    "end = excluded.end, code = excluded.code"
)


def open_store(path: str) -> sqlite3.Connection:
    """Open the floor's database: text keys, one index, WAL, 64 MiB cache."""
    store = sqlite3.connect(path, isolation_level=None)
    store.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;"
        "CREATE TABLE IF NOT EXISTS person (id TEXT PRIMARY KEY, civic_no TEXT, given TEXT, family TEXT, birth TEXT,"
        " marking TEXT);"
        "CREATE TABLE IF NOT EXISTS enrolment (person TEXT, unit TEXT, type TEXT, start TEXT, end TEXT, code TEXT,"
        " PRIMARY KEY (person, unit, type, start));"
        "CREATE INDEX IF NOT EXISTS person_civic_no ON person (civic_no);"
    )
    return store


def main(url: str, token: str, path: str) -> None:
    """Pull every page and upsert it, in one transaction."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    store = open_store(path)
    store.execute("BEGIN")
    headers = {"Authorization": f"Bearer {token}"}
    page_token, count = None, 0
    while True:
        query = f"?pageToken={page_token}" if page_token else ""
        connection.request("GET", f"{parts.path}/persons{query}", headers=headers)
        page = orjson.loads(connection.getresponse().read())
        people, enrolments = [], []
        for person in page["data"]:
            key = person["id"]
            civic_no, marking = person.get("civicNo", {}).get("value"), person.get("securityMarking")
            people.append((key, civic_no, person["givenName"], person["familyName"], person.get("birthDate"), marking))
            for one in person.get("enrolments", ()):
                at = one["enroledAt"]["id"]
                enrolments.append(
                    (key, at, one["schoolType"], one["startDate"], one.get("endDate"), one.get("educationCode"))
                )
        store.executemany(_PERSON, people)
        store.executemany(_ENROLMENT, enrolments)
        count += len(people)
        page_token = page.get("pageToken")
        if page_token is None:
            break
    store.execute("COMMIT")
    store.close()
    print(json.dumps({"persons": count}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
