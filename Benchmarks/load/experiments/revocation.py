"""How soon a deleted session is refused."""

import heapq
import time

from .. import client, paced, sessions
from ..process import ServerFailed
from ..servers import resolver

SESSIONS = 1_000
DELETED_PER_SECOND = 100
# When after its deletion each session is asked for, in milliseconds.
PROBES = (1, 2, 5, 10, 20, 50, 100, 500)
PROMISED_MS = 50


def measure(run):
    """1,000 cached sessions are deleted in Redis while the resolver is under full load; each is asked for afterwards.

    A deletion's moment is when Redis's reply to the DEL arrived; a request's is when it was about to be sent: the same
    process, the same clock. The load is other sessions, as fast as they are answered.
    """
    count = SESSIONS if run.options.seconds > 1 else SESSIONS // 10
    file, others = run.folder / "revoked.txt", run.folder / "others.txt"
    _ = run.redis_port
    deleted = sessions.store_sessions(run.redis, count, file)
    sessions.store_sessions(run.redis, SESSIONS, others)
    server = resolver.start(run, "resolver-revocation")
    filled = paced.send_all(run, server.port, file, count)
    paced.send_all(run, server.port, others, SESSIONS)
    if filled["valid"] != count:
        raise ServerFailed(f"of {count} sessions {filled['valid']} were valid before they were deleted")
    seconds = count / DELETED_PER_SECOND + 5
    before = resolver.metrics(server.admin)
    load = paced.start(run, server.port, others, seconds=seconds, count=SESSIONS, yielding=True)
    try:
        asked = delete_and_ask(run, server.port, deleted)
    finally:
        loaded = paced.result(load, seconds)
    after = resolver.metrics(server.admin)
    return {**judge(asked), "sessions": count, "load_requests_per_second": loaded["answered"] / loaded["seconds"],
            "load_not_valid": loaded["answered"] - loaded["valid"],
            "metrics": {name: value for name, value in after.items() if "revocation" in name},
            "session_cache_hits": after.get("authgear_resolver_session_cache_hits_total", 0)
            - before.get("authgear_resolver_session_cache_hits_total", 0)}


def delete_and_ask(run, port, deleted):
    """Deletes one session after another; gives (milliseconds from its deletion to a request for it, was it valid)."""
    start = time.monotonic()
    work = [(start + number / DELETED_PER_SECOND, number, None) for number in range(len(deleted))]
    heapq.heapify(work)
    answers = []
    with client.connect(port) as connection:
        while work:
            due, number, deleted_at = heapq.heappop(work)
            time.sleep(max(0.0, due - time.monotonic()))
            if deleted_at is None:
                run.redis.command("DEL", deleted[number].key)
                gone = time.monotonic()
                for probe in PROBES:
                    heapq.heappush(work, (gone + probe / 1000, number, gone))
            else:
                sent = time.monotonic()
                answers.append(((sent - deleted_at) * 1000, is_valid(connection, deleted[number])))
    return answers


def is_valid(connection, session):
    """Whether the session is answered as valid."""
    head = client.ask(connection, session)
    if "x-authgear-session-valid: true" in head:
        return True
    if "x-authgear-session-valid: false" in head:
        return False
    raise ServerFailed(f"the answer was {head[:100]!r}")


def judge(answers):
    """Counts by the time since the deletion, and the latest request that was still answered `true`."""
    bounds = (0, 2, 5, 10, 20, 50, float("inf"))
    counts = []
    for low, high in zip(bounds, bounds[1:]):
        within = [valid for lag, valid in answers if low <= lag < high]
        counts.append({"from_ms": low, "to_ms": high if high != float("inf") else None, "requests": len(within),
                       "answered_true": sum(within)})
    late = sum(valid for lag, valid in answers if lag >= PROMISED_MS)
    return {"requests": len(answers), "by_lag": counts, "latest_true_ms": max((lag for lag, valid in answers if valid),
                                                                             default=None),
            "promise": {"after_ms": PROMISED_MS, "answered_true": late, "kept": late == 0}}


def table(result):
    """The results as lines of Markdown."""
    latest = result["latest_true_ms"]
    lines = ["## Revocation", "",
             f"{result['sessions']:,} cached sessions deleted in Redis under a load of "
             f"{result['load_requests_per_second']:,.0f} requests/s. Latest request still answered `true`: "
             + ("none" if latest is None else f"sent {latest:.1f} ms after the deletion")
             + f". Sent {PROMISED_MS} ms or more after it and answered `true`: {result['promise']['answered_true']}, "
             f"promised 0: {'✓' if result['promise']['kept'] else '✗'}", "",
             "| sent after the deletion | requests | answered `true` |", "| --- | ---: | ---: |"]
    for item in result["by_lag"]:
        span = f"{item['from_ms']}–{item['to_ms']} ms" if item["to_ms"] else f"{item['from_ms']} ms or more"
        lines.append(f"| {span} | {item['requests']:,} | {item['answered_true']:,} |")
    return lines
