"""Runs the cases in rounds, so that whatever the machine does meanwhile hits all alike, and compares them."""

import statistics
import sys
import traceback

from . import wrk
from .cases import CASES, TUNED, YARDSTICK, Pool, Source
from .process import ServerFailed
from .run import answer_to, lines_of
from .servers import resolver

# After so many cases the yardsticks are measured again: a case is compared with the two measurements around it.
CASES_BETWEEN = 4
WARM_UP_REQUESTS = 5_000
REQUESTS = "authgear_resolver_requests_total{"
HITS = ("authgear_resolver_token_cache_hits_total", "authgear_resolver_session_cache_hits_total")


class Rounds:
    """All measurements of a run. `samples` are those of each case, a dictionary for each round."""

    def __init__(self, run, cases, rounds, seconds):
        self.run, self.cases, self.rounds, self.seconds = run, list(cases), rounds, seconds
        self.pool, self.source = Pool(run), Source(run)
        self.samples = {}
        self.skipped = {}
        self.yardsticks = [case for case in CASES if case.name in (YARDSTICK, TUNED)]

    def measure(self):
        """Runs all rounds. A case whose server is not there, or does not do its work, is skipped with the reason."""
        for case in self.yardsticks:
            self.prepare(case)
        for case in self.cases:
            if case not in self.yardsticks:
                self.try_to(self.prepare, case)
        for number in range(self.rounds):
            self.measure_round(number)

    def measure_round(self, number):
        before = self.measure_yardsticks(number)
        waiting = []
        others = [case for case in self.cases if case not in self.yardsticks and case.name not in self.skipped]
        for index, case in enumerate(others, 1):
            sample = self.try_to(self.measure_case, case, number)
            if sample:
                waiting.append(sample)
            if index % CASES_BETWEEN == 0 or index == len(others):
                after = self.measure_yardsticks(number)
                compare(waiting, {name: (before[name] + after[name]) / 2 for name in before})
                before, waiting = after, []
                self.show(number, others[index - (index - 1) % CASES_BETWEEN - 1:index])

    def measure_yardsticks(self, number):
        """The cost of each, by name."""
        return {case.name: self.measure_case(case, number)["processor_us"] for case in self.yardsticks}

    def try_to(self, step, case, *arguments):
        try:
            return step(case, *arguments)
        except (LookupError, OSError, ServerFailed, RuntimeError) as error:
            if self.run.options.verbose:
                traceback.print_exc()
            self.skipped[case.name] = str(error)
            print(f"skipped {case.name}: {error}", file=sys.stderr, flush=True)
            return None

    def prepare(self, case):
        """Starts the server, checks that it answers as the case says, and sends each request of the case once."""
        server = self.pool.get(case.server)
        file, first, count = self.source.lines(case, 0, self.rounds, self.seconds)
        if not case.is_unseen:
            check(case, server, lines_of(file, 1)[0] if file else "")
            self.check_refusal(case, server)
            wrk.run(self.run.cores.load, server.port, file, first=first, count=count, connections=case.connections,
                    stop_after=max(count, WARM_UP_REQUESTS), seconds=60)

    def check_refusal(self, case, server):
        """Another server has to refuse a token whose signature is wrong: or it would be compared for less work.

        So has a gateway, where it asks who is turned away; and its backend has to learn whose token it was, from a
        gateway that asks or checks, and from no other.
        """
        if case.group == "gateway":
            self.check_gateway(case, server)
        if case.group == "other" and case.requests == "valid":
            forged = lines_of(self.run.tokens.file("forged", "forged", 1), 1)[0]
            status, _ = answer_to(server.port, forged)
            if status != 401:
                raise ServerFailed(f"{case.server} answered {status} to a forged token")

    def check_gateway(self, case, server):
        valid, forged = (lines_of(self.run.tokens.file(name, kind, 1), 1)[0]
                         for name, kind in (("valid", "RS256"), ("forged", "forged")))
        seen = bool(answer_to(server.port, valid, "/seen")[1].get("x-seen"))
        if seen != (case.asks or case.checks):
            raise ServerFailed(f"{case.server}: the backend {'learned' if seen else 'did not learn'} whose token it was")
        if case.checks or case.asks and case.has_places:
            status, _ = answer_to(server.port, forged, "/account/")
            if status != 401:
                raise ServerFailed(f"{case.server} answered {status} to a forged token")

    def measure_case(self, case, number):
        server = self.pool.get(case.server)
        file, first, count = self.source.lines(case, number, self.rounds, self.seconds)
        watched = {"server": server.process, **server.beside}
        metrics = resolver.metrics(server.admin) if server.admin else {}
        before = {name: process.processor_time() for name, process in watched.items()}
        result = wrk.run(self.run.cores.load, server.port, file, first=first, count=count, seconds=self.seconds,
                         stop_after=count if case.is_unseen else 0, connections=case.connections)
        used = {name: process.processor_time() - before[name] for name, process in watched.items()}
        # Apache ends processes that it has too many of, and their connections; the next request opens one.
        allowed = case.connections if case.group == "gateway" else 0
        if result["failed"] > allowed or result["refused"]:
            raise ServerFailed(f"{case.name}: {result['failed']} connections failed, {result['refused']} answers were "
                               "of status 400 or more")
        after = resolver.metrics(server.admin) if server.admin else {}
        sample = {
            "round": number,
            "processor_us": used["server"] / result["requests"] * 1e6,
            "requests_per_second": result["requests"] / result["seconds"],
            "p50_us": result["p50"], "p99_us": result["p99"], "p999_us": result["p999"],
            "requests": result["requests"], "seconds": result["seconds"],
            "server_busy": used["server"] / result["seconds"], "load_busy": result["load_busy"],
        }
        if server.beside:
            sample["beside_us"] = {name: used[name] / result["requests"] * 1e6 for name in server.beside}
        changed = {name: value - metrics.get(name, 0) for name, value in after.items() if value != metrics.get(name, 0)}
        if changed and case.group == "resolver":
            sample["metrics"] = {name: value for name, value in changed.items() if "_total" in name}
            sample["from_memory"] = sum(changed.get(name, 0) for name in HITS) / result["requests"]
            check_outcomes(case, changed)
        self.samples.setdefault(case.name, []).append(sample)
        return sample

    def show(self, number, cases):
        for case in cases:
            samples = self.samples.get(case.name)
            if samples and case.name not in self.skipped:
                last = samples[-1]
                beside = "".join(f", {name} {value:.2f} µs" for name, value in last.get("beside_us", {}).items())
                print(f"round {number + 1}: {case.name}: {last['processor_us']:.2f} µs a request, "
                      f"{last['ratio']:.2f} of the yardstick{beside}", file=sys.stderr, flush=True)


def check(case, server, header_line):
    """Raises when the server's answer is not what the case is about."""
    status, fields = answer_to(server.port, header_line)
    valid = fields.get("x-authgear-session-valid")
    if status != 200 or valid != case.expects and case.group in ("resolver", "other"):
        raise ServerFailed(f"{case.name}: {case.server} answered {status} with x-authgear-session-valid {valid}")


def check_outcomes(case, changed):
    """Raises when /metrics counted another outcome than the case is about: wrk sees the status alone."""
    expected = {"true": "valid", "false": "invalid", None: "none"}[case.expects]
    others = {name: count for name, count in changed.items()
              if name.startswith(REQUESTS) and f'outcome="{expected}"' not in name}
    if others:
        raise ServerFailed(f"{case.name}: not all answers were {expected}: {others}")


def compare(samples, yardsticks):
    """Adds to each sample what it costs in terms of the yardsticks next to it."""
    for sample in samples:
        sample["yardsticks_us"] = yardsticks
        sample["ratio"] = sample["processor_us"] / yardsticks[YARDSTICK]
        sample["tuned_ratio"] = sample["processor_us"] / yardsticks[TUNED]
        if "beside_us" in sample:
            beside = sample["beside_us"].items()
            sample["beside_ratio"] = {name: value / yardsticks[YARDSTICK] for name, value in beside}


def chain_us(sample):
    """What a gateway and those who stand beside it cost a request."""
    return sample["processor_us"] + sum(sample.get("beside_us", {}).values())


def compare_with_plain(case, rounds):
    """What asking makes of a gateway's cost, round by round: its ratio to the plain one, and whether the promise holds.

    `added` is what it adds, as a part of what the case adds that it is compared with.
    """
    def by_round(name):
        return {sample["round"]: sample for sample in rounds.samples.get(name, ())}

    samples, plain, rival = by_round(case.name), by_round(case.plain), by_round(case.adds_at_most)
    both = samples.keys() & plain.keys()
    if not both:
        return {}
    chain = {"ratio": spread(chain_us(samples[each]) / chain_us(plain[each]) for each in both),
             "p99_ratio": spread(samples[each]["p99_us"] / plain[each]["p99_us"] for each in both),
             "plain": case.plain}
    if case.chain_at_most:
        chain |= {"at_most": case.chain_at_most, "kept": chain["ratio"]["median"] <= case.chain_at_most}
    if both & rival.keys():
        added = spread((chain_us(samples[each]) - chain_us(plain[each])) / (chain_us(rival[each]) - chain_us(plain[each]))
                       for each in both & rival.keys())
        chain |= {"added": added, "added_to": case.adds_at_most, "kept": added["median"] <= 1}
    return {"chain": chain}


def spread(values):
    """Median, least and greatest."""
    values = list(values)
    return {"median": statistics.median(values), "least": min(values), "greatest": max(values)}


def summarize(rounds):
    """Of each case: medians over the rounds, and whether the promise holds."""
    summaries = []
    for case in rounds.cases:
        samples = rounds.samples.get(case.name)
        if not samples or case.name in rounds.skipped:
            continue
        summary = {"name": case.name, "title": case.title, "group": case.group}
        for figure in ("processor_us", "requests_per_second", "p50_us", "p99_us", "p999_us", "server_busy",
                       "load_busy"):
            summary[figure] = spread(sample[figure] for sample in samples)
        if "ratio" in samples[0]:
            summary["ratio"] = spread(sample["ratio"] for sample in samples)
            summary["tuned_ratio"] = spread(sample["tuned_ratio"] for sample in samples)
        if "from_memory" in samples[0]:
            summary["from_memory"] = spread(sample["from_memory"] for sample in samples)
        if "beside_us" in samples[0]:
            summary["beside_us"] = {name: spread(sample["beside_us"][name] for sample in samples)
                                    for name in samples[0]["beside_us"]}
            summary["beside_ratio"] = {name: spread(sample["beside_ratio"][name] for sample in samples)
                                       for name in samples[0]["beside_us"]}
        if case.plain:
            summary |= compare_with_plain(case, rounds)
        if case.limits:
            (process, limit), = case.limits.items()
            reached = (summary["ratio"] if process == "server" else summary["beside_ratio"][process])["median"]
            summary["promise"] = {"process": process, "at_most": limit, "reached": reached, "kept": reached <= limit}
        summaries.append(summary)
    return summaries
