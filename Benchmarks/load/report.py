"""The results as files: JSON, a page of Markdown with tables, plots."""

import json

from . import svg
from .cases import YARDSTICK
from .experiments import active_users, authgear_outage, fleet, flood, idle, latency, lease, memory, revocation

EXPERIMENT_TABLES = {
    "latency": latency.table, "memory": memory.table, "idle": idle.table, "flood": flood.table,
    "opaque-flood": flood.opaque_table, "revocation": revocation.table, "lease": lease.table, "fleet": fleet.table,
    "active-users": active_users.table, "authgear-outage": authgear_outage.table,
}
COLOUR_OF_GROUP = {"yardstick": 5, "resolver": 0, "other": 1}


def write(results, folder, date):
    """Writes <date>.json, <date>.md and the plots that the results have figures for."""
    folder.mkdir(parents=True, exist_ok=True)
    plots = {"cost": cost_plot(results), "latency": latency_plot(results), "memory": memory_plot(results)}
    drawn = {name: plot for name, plot in plots.items() if plot}
    (folder / f"{date}.json").write_text(json.dumps(results, indent=1) + "\n")
    for name, plot in drawn.items():
        (folder / f"{date}-{name}.svg").write_text(plot)
    text = page(results, [f"{date}-{name}.svg" for name in drawn])
    (folder / f"{date}.md").write_text(text)
    print(text)
    print(f"Written to {folder}/{date}.*")


def page(results, plots):
    """The results as Markdown."""
    machine = results["machine"]
    lines = [
        f"# Load benchmark of {results['date'].replace('T', ', ')}", "",
        f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}; "
        f"{results['rounds']} rounds of {results['seconds']} s a case. "
        f"Load average at the start: {machine['load_average_at_start']:.1f}.", ""]
    lines += [f"- {name}: {version}" for name, version in results["versions"].items() if version] + [""]
    if results.get("cases"):
        lines += cost_table(results["cases"]) + gateway_table(results["cases"])
    if results.get("skipped"):
        lines += ["Not measured:", ""]
        lines += [f"- {name}: {reason.splitlines()[0]}" for name, reason in results["skipped"].items()] + [""]
    for name in EXPERIMENT_TABLES:
        if results.get(name):
            lines += EXPERIMENT_TABLES[name](results[name]) + [""]
    for plot in plots:
        lines += [f"![{plot}]({plot})", ""]
    return "\n".join(lines)


def cost_table(cases):
    """Cost and speed of each case but those with a gateway."""
    lines = ["## Cost of a request", "",
             "Processor time of the server process for each request, and its ratio to the yardstick measured next to "
             "it, nginx as it comes: median (least–greatest) of the rounds. Beside it the ratio to the same nginx with "
             "a head buffer that takes the request in one read. Latency is at full load.", "",
             "| case | µs a request | ratio | promised | to nginx, 4k | requests/s | p50 µs | p99 µs | p99.9 µs "
             "| core busy | from memory |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for case in cases:
        if case["group"] == "gateway":
            continue
        ratio = span(case["ratio"]) if "ratio" in case else ""
        tuned = f"{case['tuned_ratio']['median']:.2f}" if "tuned_ratio" in case else ""
        lines.append(
            f"| {case['title']} (`{case['name']}`) | {span(case['processor_us'])} | {ratio} | {promise(case)} "
            f"| {tuned} | {case['requests_per_second']['median']:,.0f} | {case['p50_us']['median']:,.0f} "
            f"| {case['p99_us']['median']:,.0f} | {case['p999_us']['median']:,.0f} "
            f"| {case['server_busy']['median']:.0%} | {share(case.get('from_memory'))} |")
    return lines + [""]


def gateway_table(cases):
    """What asking costs the gateway, and the one who is asked."""
    gateways = [case for case in cases if case["group"] == "gateway"]
    if not gateways:
        return []
    lines = ["## Behind gateways", "",
             "Processor time for each request of the gateway, and of the one that it asks; both together as a ratio to the "
             "same gateway that asks nobody, in the same round. p99 at full load, as a ratio to the same gateway's.", "",
             "| case | gateway µs | asked µs | both, ratio | promised | requests/s | p99 µs | p99, ratio |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for case in gateways:
        beside = case.get("beside_us", {}).get("resolver")
        chain = case.get("chain", {})
        ratio, p99 = (span(chain[figure]) if chain else "" for figure in ("ratio", "p99_ratio"))
        lines.append(
            f"| {case['title']} (`{case['name']}`) | {span(case['processor_us'])} | {span(beside) if beside else ''} "
            f"| {ratio} | {chain_promise(chain)} | {case['requests_per_second']['median']:,.0f} "
            f"| {case['p99_us']['median']:,.0f} | {p99} |")
    return lines + [""] + asked_alone(gateways)


def chain_promise(chain):
    if "added" in chain:
        return f"adds {span(chain['added'])} of what `{chain['added_to']}` adds, ≤ 1 {kept(chain['kept'])}"
    return f"≤ {chain['at_most']:.2f} {kept(chain['kept'])}" if "at_most" in chain else ""


def asked_alone(gateways):
    """What is promised of the one who is asked alone, to the yardstick."""
    return [f"`{case['name']}`: asked, ratio to the yardstick {span(case['beside_ratio']['resolver'])}, promised "
            f"{promise(case)}\n" for case in gateways if "promise" in case]


def share(spread):
    return f"{spread['median']:.0%}" if spread else ""


def span(spread):
    return f"{spread['median']:.2f} ({spread['least']:.2f}–{spread['greatest']:.2f})"


def promise(case):
    if "promise" not in case:
        return ""
    return f"≤ {case['promise']['at_most']:.2f} {kept(case['promise']['kept'])}"


def kept(is_kept):
    return "✓" if is_kept else "✗"


def cost_plot(results):
    cases = [case for case in results.get("cases", []) if case["group"] in COLOUR_OF_GROUP]
    if len(cases) < 2:
        return None
    rows = [(case["title"], *(case["processor_us"][part] for part in ("median", "least", "greatest")),
             COLOUR_OF_GROUP[case["group"]]) for case in cases]
    yardstick = next((case["processor_us"]["median"] for case in cases if case["name"] == YARDSTICK), None)
    unit = "µs: median, least to greatest; dashed: nginx's return 200"
    return svg.bars("Processor time of a request", unit, rows, yardstick)


def latency_plot(results):
    if not results.get("latency"):
        return None
    series = []
    for colour, (name, points) in enumerate(results["latency"]["points"].items()):
        for figure in ("p50", "p99"):
            line = [(point["requests_per_second"], point[f"{figure}_us"]["median"]) for point in points]
            series.append((f"{name}, {figure}", line, colour, figure == "p99"))
    return svg.lines("Latency against load (cached JWT)", "requests per second", "µs", series, logarithmic=True)


def memory_plot(results):
    if not results.get("memory"):
        return None
    points = [(point["tokens"], point["above_idle_bytes"] / 1e6) for point in results["memory"]["points"]]
    series = [("authgear-resolver", points, 0, False)]
    return svg.lines("Memory above idle against unique tokens", "tokens seen", "MB", series)


