"""Memory against cached tokens."""

import os

from .. import paced
from ..servers import resolver

WORKING_SET = 100_000
STEP = 20_000
PROMISED_BYTES = 100_000_000
BEYOND = {None: 1_000_000, "full": 10_000_000}
CHUNK = 100_000


def measure(run):
    """Resident memory above idle with 100,000 cached tokens, and after 1 million unique ones (MEMORY=full: 10 million).

    The first 100,000 are RS256. Those after them are ES256 of the same size, because they are signed ten times as fast;
    they are made 100,000 at a time and thrown away.
    """
    server = resolver.start(run, "resolver-memory", sessions=False, algorithms=("RS256", "ES256"))
    file = run.tokens.file("valid", "RS256", WORKING_SET)
    paced.send_all(run, server.port, None, 1_000)
    idle = server.process.resident_memory()
    points = [point(server, idle, 0)]
    for first in range(0, WORKING_SET, STEP):
        check_valid(paced.send_all(run, server.port, file, STEP, first=first))
        points.append(point(server, idle, first + STEP))
    at_working_set = points[-1]["above_idle_bytes"]
    seen, wanted = WORKING_SET, BEYOND[run.options.memory]
    if run.options.seconds == 1:
        wanted = WORKING_SET * 2
    while seen < wanted:
        chunk = run.folder / "chunk.txt"
        run.tokens.append(chunk, "ES256", CHUNK)
        check_valid(paced.send_all(run, server.port, chunk, CHUNK))
        os.unlink(chunk)
        seen += CHUNK
        points.append(point(server, idle, seen))
    greatest = max(item["above_idle_bytes"] for item in points)
    return {
        "idle_bytes": idle, "at_100000_bytes": at_working_set, "greatest_bytes": greatest, "seen": seen,
        "points": points,
        "promise": {"at_most_bytes": PROMISED_BYTES, "kept": greatest <= PROMISED_BYTES},
    }


def check_valid(result):
    if result["valid"] != result["sent"]:
        raise RuntimeError(f"of {result['sent']} valid tokens {result['valid']} were answered as such")


def point(server, idle, seen):
    metrics = resolver.metrics(server.admin)
    return {
        "tokens": seen, "above_idle_bytes": server.process.resident_memory() - idle,
        "cache_entries": metrics.get("authgear_resolver_token_cache_entries"),
        "cache_bytes": metrics.get("authgear_resolver_token_cache_bytes"),
    }


def table(result):
    """The results as lines of Markdown."""
    promise = result["promise"]
    lines = ["## Memory", "",
             f"Idle: {megabytes(result['idle_bytes'])} resident. With 100,000 cached tokens "
             f"{megabytes(result['at_100000_bytes'])} above that, and at most {megabytes(result['greatest_bytes'])} "
             f"after {result['seen']:,} unique ones; promised at most {megabytes(promise['at_most_bytes'])}: "
             f"{'✓' if promise['kept'] else '✗'}", "",
             "| unique tokens seen | above idle | entries cached |", "| ---: | ---: | ---: |"]
    step = max(1, len(result["points"]) // 12)
    for item in result["points"][::step]:
        lines.append(
            f"| {item['tokens']:,} | {megabytes(item['above_idle_bytes'])} | {item['cache_entries'] or 0:,.0f} |")
    return lines


def megabytes(count):
    return f"{count / 1e6:.1f} MB"
