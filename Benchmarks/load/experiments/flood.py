"""A flood of forged or made-up tokens against a working set."""

import secrets

from .. import paced, sessions
from ..servers import resolver

WORKING_SET = 1_000
# Each token comes once a second: between two of its uses more of the flood's tokens pass than the working set has members.
WORKING_RATE = 1_000
FLOOD_PER_MINUTE = 100_000
FLOOD_CONNECTIONS = 32
# Of the flood, in case the machine could not send it all; less of it is no flood.
WHOLE = 0.95
PROMISED = 0.01


def measure(run):
    """Hit rate of 1,000 valid tokens, each used once a second, with and without 100,000 unique forged ones a minute."""
    server = resolver.start(run, "resolver-flood", sessions=False)
    working = run.tokens.file("valid", "RS256", WORKING_SET)
    paced.send_all(run, server.port, working, WORKING_SET)
    return compare(run, server, "token", working, run.tokens.file("forged-unique", "forged", FLOOD_PER_MINUTE))


def measure_opaque(run):
    """Hit rate of 1,000 valid opaque tokens, used alike, with and without 100,000 unique made-up ones a minute.

    The valid ones' records are in Redis; of those made up Redis is asked once each. What is known of a session is read
    anew after a minute, with a flood and without: so that it is as often in both, the first minute fills the cache.
    """
    seconds = seconds_of(run)
    working, flood = run.folder / "opaque.txt", run.folder / "made-up.txt"
    grants = [sessions.Grant() for _ in range(WORKING_SET)]
    _ = run.redis_port
    sessions.store(run.redis, grants, (opaque_line(grant.token) for grant in grants), working)
    flood.write_text("".join(f"{opaque_line(secrets.token_hex(16))}\n" for _ in range(FLOOD_PER_MINUTE)))
    server = resolver.start(run, "resolver-opaque-flood")
    paced.run_paced(run, server.port, working, rate=WORKING_SET / seconds, limit=WORKING_SET, count=WORKING_SET,
                    seconds=2 * seconds)
    return compare(run, server, "session", working, flood)


def opaque_line(token):
    return f"Authorization: Bearer {token}"


def seconds_of(run):
    return 60 if run.options.seconds > 1 else 5


def compare(run, server, cache, working, flood):
    """The hit rate of one of the caches, without and with the flood."""
    seconds = seconds_of(run)
    calm = period(run, server, cache, working, None, seconds)
    flooded = period(run, server, cache, working, flood, seconds)
    lost = calm["hit_rate"] - flooded["hit_rate"]
    return {"seconds": seconds, "calm": calm, "flooded": flooded, "lost": lost,
            "promise": {"at_most": PROMISED, "kept": lost <= PROMISED}}


def period(run, server, cache, working, flood, seconds):
    """The share of the working set's requests that the cache answered, from /metrics."""
    before = resolver.metrics(server.admin)
    children = [paced.start(run, server.port, working, rate=WORKING_RATE, seconds=seconds, count=WORKING_SET,
                            connections=8)]
    if flood:
        children.append(paced.start(run, server.port, flood, rate=FLOOD_PER_MINUTE / 60, seconds=seconds,
                                    limit=FLOOD_PER_MINUTE, count=FLOOD_PER_MINUTE,
                                    connections=FLOOD_CONNECTIONS))
    results = [paced.result(child, seconds) for child in children]
    after = resolver.metrics(server.admin)
    prefix = f"authgear_resolver_{cache}_cache_"
    changed = {name: after.get(prefix + name, 0) - before.get(prefix + name, 0)
               for name in ("hits_total", "misses_total", "evictions_total")}
    if results[0]["valid"] != results[0]["sent"]:
        raise RuntimeError("a valid token was not answered as such")
    if flood:
        check_flood(results[1], FLOOD_PER_MINUTE * seconds / 60)
    # A token of the flood comes once, and is never a hit of this cache: its hits are the working set's.
    return {"hit_rate": changed["hits_total"] / results[0]["sent"], "working_requests": results[0]["sent"],
            "forged_requests": results[1]["sent"] if flood else 0, "p99_us": results[0]["p99"], **changed}


def check_flood(result, wanted):
    if result["invalid"] != result["sent"]:
        raise RuntimeError(f"of {result['sent']} tokens of the flood {result['invalid']} were refused as invalid")
    if result["sent"] < WHOLE * wanted:
        raise RuntimeError(f"the flood had {result['sent']} tokens instead of {wanted:.0f}: the machine is too busy")


def table(result):
    """The results as lines of Markdown."""
    return lines_of(result, "A flood of forged tokens", "1,000 valid tokens", "forged")


def opaque_table(result):
    """The same of `opaque-flood`."""
    return lines_of(result, "A flood of made-up opaque tokens", "1,000 valid opaque tokens", "made up")


def lines_of(result, title, working, kind):
    lines = [f"## {title}", "",
             f"{working}, each used once a second, for {result['seconds']} s; hit rate lost: "
             f"{result['lost']:.2%}, promised at most {result['promise']['at_most']:.0%}: "
             f"{'✓' if result['promise']['kept'] else '✗'}", "",
             f"| | requests | {kind} | hit rate | p99 µs |", "| --- | ---: | ---: | ---: | ---: |"]
    for name in ("calm", "flooded"):
        item = result[name]
        lines.append(f"| {name} | {item['working_requests']:,} | {item['forged_requests']:,} | {item['hit_rate']:.2%} "
                     f"| {item['p99_us']:,} |")
    return lines
