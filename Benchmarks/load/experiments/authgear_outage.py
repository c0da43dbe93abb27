"""What is answered while Authgear is down."""

import dataclasses
import os
import random
import threading
import time

from .. import client, sessions
from ..process import ServerFailed
from ..servers import resolver
from ..servers.authgear import Authgear

DELAY_MS = 50
SECONDS_BEFORE = 2
SECONDS_AFTER = 6
# Within so much Redis's changes are seen, and records that served on do so no longer.
SETTLED = 1.0
# Within so much everything is as before when Authgear is there again: it is tried once a second.
RECOVERED = 3.0
ASKERS = 4
SEED = 1
EXAMPLES = 5

# What happens to users meanwhile, to how many, and when at the earliest and latest, as shares of the outage. Records have
# to be there still when they are purged.
KINDS = {
    "good": (200, None),
    "session deleted": (30, (0.02, 0.95)),
    "record purged": (10, (0.05, 0.3)),
    "disabled, record purged": (10, (0.05, 0.3)),
    "record says disabled": (10, (0.05, 0.3)),
    "never read before": (10, None),
}
# What is right after that: while Authgear is down, and when it is there again.
RIGHT = {
    "session deleted": ({"false"}, {"false"}),
    "record purged": ({"unknown"}, {"true"}),
    "disabled, record purged": ({"unknown"}, {"false"}),
    "record says disabled": ({"false", "unknown"}, {"false"}),
    "never read before": ({"unknown"}, {"true"}),
}
ANSWERS = ("true", "false", "unknown", "none", "another user")


@dataclasses.dataclass(frozen=True)
class Times:
    """In seconds; `between` is from one request for a session to the next. An outage does not end with a whole second
    because Authgear is tried once a second."""

    life: int
    outage: float
    max_stale: int
    between: float


SCALED, FULL = Times(10, 20.5, 10, 0.25), Times(300, 600.5, 300, 1)


@dataclasses.dataclass
class Member:
    """A user with a session. `done`: between which moments something happened to it."""

    session: sessions.Session
    kind: str
    due: float | None = None
    done: tuple | None = None


@dataclasses.dataclass(frozen=True)
class Asked:
    """One request, and what the answer said."""

    member: Member
    sent: float
    received: float
    answer: str


def measure(run):
    """Wrong answers and early unknown ones while Authgear is down for 20 s (OUTAGE=full: 10 minutes), and afterwards.

    The port of a stand-in is closed; `user_max_stale` is as long as a record lives. Meanwhile sessions are deleted in
    Redis, and users' records purged or replaced. Then the port is opened again.
    """
    times = FULL if run.options.outage == "full" else SCALED
    members = [Member(sessions.Session(), kind) for kind, (count, _) in KINDS.items() for _ in range(count)]
    _ = run.redis_port
    with Authgear(run, [member.session for member in members], delay_ms=DELAY_MS,
                  life_ms=times.life * 1000) as authgear:
        server = resolver.start(run, "resolver-outage", authgear_port=authgear.port, authgear={
            "user_max_stale": f"{times.max_stale}s"})
        write(authgear, members, times)
        asking = Asking(run, server.port, members, times)
        with asking:
            time.sleep(SECONDS_BEFORE)
            down = time.monotonic()
            authgear.close()
            asking.are_all = True
            happen(run, authgear, members, down, times)
            time.sleep(max(0, down + times.outage - time.monotonic()))
            up = time.monotonic()
            authgear.open()
            time.sleep(SECONDS_AFTER)
    return judge(Oracle(authgear.written, down, up, times), asking.answers)


def write(authgear, members, times):
    """The records, users' ending one after the other in the first part of the outage."""
    chance = random.Random(SEED)
    for member in members:
        authgear.redis.command("SET", member.session.key, member.session.record())
        if member.kind == "good":
            authgear.write(member.session, int(chance.uniform(0.3, 1) * times.life * 1000))
        elif member.kind != "never read before":
            authgear.write(member.session)
        share = KINDS[member.kind][1]
        if share:
            member.due = chance.uniform(*share) * times.outage


def happen(run, authgear, members, down, times):
    """Deletes, purges and disables, each when it is due."""
    for member in sorted((member for member in members if member.due), key=lambda member: member.due):
        time.sleep(max(0, down + member.due - time.monotonic()))
        session, before = member.session, time.monotonic()
        if member.kind == "session deleted":
            changed = run.redis.command("DEL", session.key)
        elif member.kind == "record says disabled":
            changed = run.redis.command("SET", session.user_key, sessions.user_record(session.user, is_disabled=True),
                                        "XX", "KEEPTTL")
        else:
            changed = run.redis.command("DEL", session.user_key)
        if not changed:
            raise ServerFailed(f"{member.kind}: the record had ended before")
        member.done = (before, time.monotonic())
        if "disabled" in member.kind:
            authgear.disabled.add(session.user)


class Asking:
    """Asks for every session again and again, on a few connections, while it is entered."""

    def __init__(self, run, port, members, times):
        self.port, self.times, self.core = port, times, run.cores.load
        self.answers, self.errors = [], []
        # Who was never read before is asked for when this is set.
        self.are_all = False
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(members[number::ASKERS],), daemon=True)
                        for number in range(ASKERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def run(self, members):
        os.sched_setaffinity(0, {self.core})  # this thread's alone
        try:
            with client.connect(self.port) as connection:
                while not self.is_over.is_set():
                    for member in members:
                        if self.is_over.wait(self.times.between / len(members)):
                            return
                        if self.are_all or member.kind != "never read before":
                            self.answers.append(ask(connection, member))
        except (OSError, ServerFailed) as error:
            self.errors.append(error)


def ask(connection, member):
    """One request; the oracle judges it later."""
    sent = time.monotonic()
    head = client.ask(connection, member.session)
    return Asked(member, sent, time.monotonic(), meaning(head, member.session.user))


def meaning(head, user):
    if head.startswith("http/1.1 503"):
        return "unknown"
    if not head.startswith("http/1.1 200"):
        raise ServerFailed(f"the answer was {head[:100]!r}")
    if "\r\nx-authgear-session-valid: true\r\n" in head:
        return "true" if f"\r\nx-authgear-user-id: {user}\r\n" in head else "another user"
    return "false" if "\r\nx-authgear-session-valid: false\r\n" in head else "none"


@dataclasses.dataclass(frozen=True)
class Oracle:
    """What is right, by what was written to Redis, what happened to each user, and when Authgear was there."""

    written: dict
    down: float
    up: float
    times: Times

    def end(self, asked):
        """When the record ended, at the earliest and latest, that was there last."""
        last = [record for record in self.written[asked.member.session.user] if record.before <= asked.received][-1]
        return last.before + last.life, last.after + last.life

    def right(self, asked):
        """The answers that are right."""
        member, done = asked.member, asked.member.done
        if member.kind == "never read before":
            return self.afterwards(asked)
        right = self.unchanged(asked)
        if done and asked.received >= done[0]:
            afterwards = self.afterwards(asked)
            right = afterwards if asked.sent >= done[1] + SETTLED else right | afterwards
        return right

    def afterwards(self, asked):
        """After what happened to the user."""
        while_down, again = RIGHT[asked.member.kind]
        right = while_down if asked.sent < self.up + RECOVERED else set()
        return right | again if asked.received >= self.up else right

    def unchanged(self, asked):
        """Of a good session whose user is as before: valid; unknown when Authgear is away, after the bound alone."""
        earliest, latest = self.end(asked)
        right = {"true"}
        if asked.received >= self.up:
            # It is there again, and may have written a record that this answer knows nothing of.
            return right | {"unknown"} if self.has_waited(asked) and asked.sent < self.up + RECOVERED else right
        if asked.received >= earliest + self.times.max_stale:
            right = right | {"unknown"}
        if asked.sent > latest + self.times.max_stale + SETTLED:
            right = right - {"true"}
        return right

    def has_waited(self, asked):
        """Whether the record that was there before Authgear came back had served on for as long as it may."""
        before = [record for record in self.written[asked.member.session.user] if record.before < self.up]
        return asked.received >= before[-1].before + before[-1].life + self.times.max_stale


def judge(oracle, answers):
    """Counts of the answers, of those that are wrong, and how near to their bounds the others came."""
    counts = {kind: {when: dict.fromkeys(ANSWERS, 0) for when in ("before", "down", "again")} for kind in KINDS}
    wrong = []
    served_on, refused_from, recovered = 0.0, None, 0.0
    for asked in answers:
        kind = asked.member.kind
        when = "before" if asked.sent < oracle.down else "down" if asked.received < oracle.up else "again"
        counts[kind][when][asked.answer] += 1
        if asked.answer not in oracle.right(asked):
            wrong.append(asked)
        if kind == "good" and when == "down":
            earliest, latest = oracle.end(asked)
            if asked.answer == "true":
                served_on = max(served_on, asked.sent - latest)
            if asked.answer == "unknown":
                refused_from = min(refused_from or float("inf"), asked.received - earliest)
        if asked.answer == "unknown" and when == "again":
            recovered = max(recovered, asked.received - oracle.up)
    if served_on <= 0 or refused_from is None:
        raise ServerFailed("no record served on after its end, or none for as long as it may: nothing was measured")
    early = [asked for asked in wrong if asked.member.kind == "good" and asked.answer == "unknown"]
    return {
        **dataclasses.asdict(oracle.times), "requests": len(answers), "counts": counts,
        "served_on_seconds": served_on, "unknown_from_seconds": refused_from, "recovered_seconds": recovered,
        "wrong_examples": [
            f"{asked.member.kind}: {asked.answer}, asked for {asked.sent - oracle.down:.2f} s after the port was closed"
            for asked in wrong[:EXAMPLES]],
        "promises": {
            "wrong": {"at_most": 0, "reached": len(wrong) - len(early), "kept": len(wrong) == len(early)},
            "early_unknown": {"at_most": 0, "reached": len(early), "kept": not early}}}


def table(result):
    """The results as lines of Markdown."""
    wrong, early = result["promises"]["wrong"], result["promises"]["early_unknown"]
    lines = ["## Authgear is down", "",
             f"For {result['outage']} s; records live {result['life']} s, `user_max_stale` is {result['max_stale']} s. "
             f"Of {result['requests']:,} answers wrong: {wrong['reached']:,}, promised 0: {mark(wrong)}. Unknown "
             "within `user_max_stale` for a user whose record was read before and not taken away: "
             f"{early['reached']:,}, promised 0: {mark(early)}. A record served on until "
             f"{result['served_on_seconds']:.2f} s after its end; the first unknown came "
             f"{result['unknown_from_seconds']:.2f} s after one, the last one {result['recovered_seconds']:.2f} s after "
             "Authgear was there again.", ""]
    lines += [f"- wrong: {example}" for example in result["wrong_examples"]]
    lines += ["", "| users | before: `true`, `false`, unknown | down | again |", "| --- | ---: | ---: | ---: |"]
    for kind, counts in result["counts"].items():
        cells = [", ".join(f"{counts[when][answer]:,}" for answer in ANSWERS[:3])
                 for when in ("before", "down", "again")]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return lines


def mark(promise):
    return "✓" if promise["kept"] else "✗"
