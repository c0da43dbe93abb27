"""Doing nothing."""

import socket
import statistics
import time

from ..process import ServerFailed
from ..servers import resolver

CONNECTIONS = 10_000
STARTS = 10
PROMISED = {"idle_bytes": 25_000_000, "connections_bytes": 200_000_000, "ready_ms": 100}
REQUEST = b"GET /resolve HTTP/1.1\r\nHost: resolver\r\n\r\n"


def measure(run):
    """Time from start to ready with keys from a file, resident memory idle and with 10,000 idle connections."""
    starts = [one_start(run, f"resolver-start-{number}") for number in range(STARTS)]
    ready, memory, anonymous = zip(*starts)
    server = resolver.start(run, "resolver-connections", sessions=False)
    with_connections, kept = hold(server)
    result = {
        "ready_ms": statistics.median(ready), "ready_ms_all": ready,
        "idle_bytes": statistics.median(memory), "idle_anonymous_bytes": statistics.median(anonymous),
        "connections": kept, "connections_bytes": with_connections}
    return {**result, "promises": {name: {"at_most": limit, "kept": result[name] <= limit}
                                   for name, limit in PROMISED.items()}}


def one_start(run, name):
    """Milliseconds from exec to the first 200 of /readyz?strict, and the bytes resident then, all and anonymous."""
    port, admin = run.port(), run.port()
    file = resolver.configuration(run, name, port, admin, sessions=False)
    begin = time.monotonic()
    with run.process(name, [run.binary, "serve", "--config", file]) as process:
        process.wait_until(lambda: resolver.is_ready(admin), pause=0.0005)
        took = (time.monotonic() - begin) * 1000
        return took, process.resident_memory(), process.anonymous_memory()


def hold(server):
    """Resident bytes while CONNECTIONS are open, each of which has had an answer, and how many there were."""
    opened = []
    try:
        for number in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=5)
            opened.append(connection)
            connection.sendall(REQUEST)
            if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
                raise ServerFailed(f"connection {number + 1} was not answered")
        kept = resolver.metrics(server.admin).get("authgear_resolver_connections", 0)
        return server.process.resident_memory(), int(kept)
    finally:
        for connection in opened:
            connection.close()


def table(result):
    """The results as lines of Markdown."""
    promises = result["promises"]
    rows = (("ready after start, keys from a file", f"{result['ready_ms']:.0f} ms", "ready_ms",
             f"{PROMISED['ready_ms']} ms"),
            ("resident memory, idle", f"{result['idle_bytes'] / 1e6:.1f} MB ("
             f"{result['idle_anonymous_bytes'] / 1e6:.1f} of it not of files)", "idle_bytes",
             f"{PROMISED['idle_bytes'] / 1e6:.0f} MB"),
            (f"resident memory with {result['connections']:,} idle connections",
             f"{result['connections_bytes'] / 1e6:.1f} MB", "connections_bytes",
             f"{PROMISED['connections_bytes'] / 1e6:.0f} MB"))
    return ["## Idle", "", "| | measured | promised |", "| --- | ---: | ---: |"] + [
        f"| {title} | {value} | ≤ {limit} {'✓' if promises[name]['kept'] else '✗'} |"
        for title, value, name, limit in rows]
