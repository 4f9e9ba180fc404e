#!/usr/bin/python3
"""Follows a cluster, written from docs/protocol.md alone: what is missing there cannot be known here.

    follow.py ws://127.0.0.1:4000/graphql CLUSTER EVENTS

Prints a line of JSON for each message, under its subscription's name, and for each connection lost ("closed": its
code) or not had ("refused": why). Ends once EVENTS events are read and no operation runs, or when both streams are
complete; its last line is the state it then holds. What no new try would mend ends it with 1, in words on stderr.
"""

import asyncio
import json
import random
import sys

from websockets import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

DOCUMENTS = {
    "clusterProgress": """subscription ($id: ID!, $after: String) {
      clusterProgress(clusterId: $id, after: $after) {
        revision
        cursor
        snapshot
        cluster { name status }
        operations { id type state progress }
        steps { id stepName state completed failed total summary }
      }
    }""",
    "clusterEvents": """subscription ($id: ID!, $after: String) {
      clusterEvents(clusterId: $id, after: $after) {
        cursor
        reset
        events { id provisionStepId instanceName successful eventInfo errorId createdAt }
      }
    }""",
}
FINAL_CODES = {1009, 4400, 4401, 4406, 4409, 4429}
FIRST_BOUND, LAST_BOUND = 0.25, 30  # seconds


async def follow(url, reader):
    """Reads over as many connections as it takes, with full jitter between them."""
    bound = FIRST_BOUND
    while not reader.finished():
        try:
            # A message holds up to 500 events of 64 KiB: no limit of ours.
            async with connect(url, subprotocols=["graphql-transport-ws"], max_size=None) as socket:
                async for message in conversation(socket, reader):
                    reader.take(message)
                    bound = FIRST_BOUND
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            say(closed=code)
            if code in FINAL_CODES:
                raise Final(f"the server closed the connection with {code}") from closed
        except (OSError, InvalidHandshake, asyncio.TimeoutError, Unavailable) as refused:
            say(refused=str(refused))
        if not reader.finished():
            await asyncio.sleep(random.uniform(0, bound))
            bound = min(2 * bound, LAST_BOUND)


async def conversation(socket, reader):
    """Subscribes to what is not complete, and yields what comes of it until the reader is finished."""
    await send(socket, type="connection_init")
    while not reader.finished():
        message = json.loads(await socket.recv())
        if message["type"] == "connection_ack":
            for name in sorted(reader.open):
                await send(socket, type="subscribe", id=name, payload=reader.request(name))
        elif message["type"] == "ping":
            await send(socket, type="pong")
        elif message["type"] in ("next", "error", "complete"):
            yield message
    for name in sorted(reader.open):
        await send(socket, type="complete", id=name)


class Reader:
    """What is known of a cluster, and the cursors to go on from."""

    def __init__(self, cluster_id, events_wanted):
        self.cluster_id = cluster_id
        self.events_wanted = events_wanted
        self.open = set(DOCUMENTS)
        self.after = {}
        self.events_read = 0
        self.cluster = None
        self.operations = {}
        self.steps = {}

    def request(self, name):
        variables = {"id": self.cluster_id}
        if name in self.after:
            variables["after"] = self.after[name]
        return {"query": DOCUMENTS[name], "variables": variables}

    def take(self, message):
        name = message["id"]
        if message["type"] == "complete":
            self.open.discard(name)
        elif message["type"] == "error":
            refuse(name, message["payload"])
        elif message["payload"].get("errors"):
            refuse(name, message["payload"]["errors"])
        else:
            data = message["payload"]["data"][name]
            say(**{name: data})
            {"clusterProgress": self.take_progress, "clusterEvents": self.take_events}[name](data)

    def take_progress(self, data):
        if data["snapshot"]:
            self.operations, self.steps = {}, {}
        self.cluster = data["cluster"]
        self.operations.update((operation["id"], operation) for operation in data["operations"])
        self.steps.update((step["id"], step) for step in data["steps"])
        self.after["clusterProgress"] = data["cursor"]

    def take_events(self, data):
        self.events_read += len(data["events"])
        self.after["clusterEvents"] = data["cursor"]

    def finished(self):
        ended = self.operations and all(one["state"] != "RUNNING" for one in self.operations.values())
        return not self.open or (ended and self.events_read >= self.events_wanted)

    def state(self):
        return {
            "cluster": self.cluster,
            "operations": list(self.operations.values()),
            "steps": list(self.steps.values()),
        }


class Unavailable(Exception):
    """The server cannot do it now; the same may be asked again."""


class Final(Exception):
    """What no new try would mend."""


def refuse(name, errors):
    codes = [error.get("extensions", {}).get("code") for error in errors]
    raise (Unavailable if codes == ["UNAVAILABLE"] else Final)(f"{name}: {json.dumps(errors)}")


async def send(socket, **message):
    await socket.send(json.dumps(message))


def say(**line):
    print(json.dumps(line), flush=True)


def main(url, cluster_id, events):
    reader = Reader(cluster_id, int(events))
    asyncio.run(follow(url, reader))
    say(state=reader.state())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("expected a URL, a cluster's id and a number of events: " + __doc__)
    try:
        main(*sys.argv[1:])
    except Final as final:
        sys.exit(str(final))
