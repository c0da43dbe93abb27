"""Latency against load."""

from .. import paced
from ..rounds import spread
from ..servers import nginx, resolver

SHARES = (0.1, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9)
CONNECTIONS = 64
PROMISED = 1.5
NAMES = ("authgear-resolver", "nginx")


def measure(run):
    """Latency of a cached JWT at shares of the highest load, beside nginx's own at the same loads.

    The highest load is what the slower of the two can answer, found with the same client without pacing. Both servers
    get each load in turn, in rounds.
    """
    servers = dict(zip(NAMES, (resolver.start(run, "resolver", sessions=False), nginx.yardstick(run))))
    file = run.tokens.file("valid", "RS256", 1)
    seconds = run.options.seconds
    highest = {}
    for name, server in servers.items():
        paced.send_all(run, server.port, file, 20_000, connections=CONNECTIONS)
        results = [paced.run_paced(run, server.port, file, seconds=seconds, connections=CONNECTIONS)
                   for _ in range(min(3, run.options.rounds))]
        highest[name] = max(result["answered"] / result["seconds"] for result in results)
    reference = min(highest.values())
    taken = {name: {share: [] for share in SHARES} for name in servers}
    for _ in range(run.options.rounds):
        for share in SHARES:
            for name, server in servers.items():
                taken[name][share].append(paced.run_paced(
                    run, server.port, file, rate=share * reference, seconds=seconds, connections=CONNECTIONS))
    points = {name: [point(share, samples) for share, samples in by_share.items()] for name, by_share in taken.items()}
    half = {name: next(item for item in points[name] if item["share"] == 0.5) for name in points}
    ratios = [ours["p99"] / theirs["p99"]
              for ours, theirs in zip(taken["authgear-resolver"][0.5], taken["nginx"][0.5])]
    return {
        "highest_requests_per_second": highest, "points": points, "connections": CONNECTIONS,
        "p99_at_half": {name: item["p99_us"] for name, item in half.items()},
        "promise": {"at_most": PROMISED, "ratio": spread(ratios), "kept": spread(ratios)["median"] <= PROMISED},
    }


def point(share, samples):
    figures = {f"{name}_us": spread(sample[name] for sample in samples) for name in ("p50", "p90", "p99", "p999")}
    rate = spread(sample["answered"] / sample["seconds"] for sample in samples)["median"]
    return {"share": share, "requests_per_second": rate, **figures}


def table(result):
    """The results as lines of Markdown."""
    promise = result["promise"]
    lines = ["## Latency against load", "",
             f"Cached JWT, {result['connections']} connections, requests at random moments whatever the answers do; a "
             "latency counts from when the request was due. Loads are shares of the highest that both can answer. "
             f"p99 at half of it: {promise['ratio']['median']:.2f} of nginx's "
             f"({promise['ratio']['least']:.2f}–{promise['ratio']['greatest']:.2f}), promised at most "
             f"{promise['at_most']}: {'✓' if promise['kept'] else '✗'}", "",
             "| requests/s | share | nginx p50 / p99 / p99.9 µs | authgear-resolver p50 / p99 / p99.9 µs |",
             "| ---: | ---: | ---: | ---: |"]
    for theirs, ours in zip(result["points"]["nginx"], result["points"]["authgear-resolver"]):
        cells = [" / ".join(f"{item[f'{name}_us']['median']:,.0f}" for name in ("p50", "p99", "p999"))
                 for item in (theirs, ours)]
        lines.append(f"| {ours['requests_per_second']:,.0f} | {ours['share']:.0%} | {cells[0]} | {cells[1]} |")
    return lines
