"""A flood of forged tokens against a working set."""

from .. import paced
from ..servers import resolver

WORKING_SET = 1_000
# Each token comes once a second: between two of its uses more forged tokens pass than the working set has members.
WORKING_RATE = 1_000
FLOOD_PER_MINUTE = 100_000
PROMISED = 0.01
PREFIX = "authgear_resolver_token_cache_"


def measure(run):
    """Hit rate of 1,000 valid tokens, each used once a second, with and without 100,000 unique forged ones a minute."""
    seconds = 60 if run.options.seconds > 1 else 5
    server = resolver.start(run, "resolver-flood", sessions=False)
    working = run.tokens.file("valid", "RS256", WORKING_SET)
    flood = run.tokens.file("forged-unique", "forged", FLOOD_PER_MINUTE)
    paced.send_all(run, server.port, working, WORKING_SET)
    calm = period(run, server, working, None, seconds)
    flooded = period(run, server, working, flood, seconds)
    lost = calm["hit_rate"] - flooded["hit_rate"]
    return {"seconds": seconds, "calm": calm, "flooded": flooded, "lost": lost,
            "promise": {"at_most": PROMISED, "kept": lost <= PROMISED}}


def period(run, server, working, flood, seconds):
    """The share of the working set's requests that the token cache answered, from /metrics."""
    before = resolver.metrics(server.admin)
    children = [paced.start(run, server.port, working, rate=WORKING_RATE, seconds=seconds, count=WORKING_SET,
                            connections=8)]
    if flood:
        children.append(paced.start(run, server.port, flood, rate=FLOOD_PER_MINUTE / 60, seconds=seconds,
                                    limit=FLOOD_PER_MINUTE, count=FLOOD_PER_MINUTE, connections=8))
    results = [paced.result(child, seconds) for child in children]
    after = resolver.metrics(server.admin)
    changed = {name: after.get(PREFIX + name, 0) - before.get(PREFIX + name, 0)
               for name in ("hits_total", "misses_total", "evictions_total")}
    if results[0]["valid"] != results[0]["sent"]:
        raise RuntimeError("a valid token was not answered as such")
    # A unique forged token is never a hit of this cache: its hits are the working set's.
    return {"hit_rate": changed["hits_total"] / results[0]["sent"], "working_requests": results[0]["sent"],
            "forged_requests": results[1]["sent"] if flood else 0, "p99_us": results[0]["p99"], **changed}


def table(result):
    """The results as lines of Markdown."""
    lines = ["## A flood of forged tokens", "",
             f"1,000 valid tokens, each used once a second, for {result['seconds']} s; hit rate lost: "
             f"{result['lost']:.2%}, promised at most {result['promise']['at_most']:.0%}: "
             f"{'✓' if result['promise']['kept'] else '✗'}", "",
             "| | requests | forged | hit rate | p99 µs |", "| --- | ---: | ---: | ---: | ---: |"]
    for name in ("calm", "flooded"):
        item = result[name]
        lines.append(f"| {name} | {item['working_requests']:,} | {item['forged_requests']:,} | {item['hit_rate']:.2%} "
                     f"| {item['p99_us']:,} |")
    return lines
