"""What it costs Redis, and each of many resolvers, to be told of changes."""

import statistics
import threading
import time

from .. import sessions, wrk
from ..process import ServerFailed
from ..redis import Redis, encode
from ..servers import resolver

SIZES = (0, 1, 5, 20)
WRITES_PER_SECOND = 10_000
SESSIONS = 1_000
# Replies to writes are read when so many may be waiting.
UNREAD = 256
HITS = "authgear_resolver_session_cache_hits_total"
MISSES = "authgear_resolver_session_cache_misses_total"


def measure(run):
    """Processor time of one Redis, and of each resolver beside it, under 10,000 session writes a second, one by one.

    Authgear writes a session's record at each of its own requests. What is written here are sessions that no resolver
    was asked for, so that what is counted is being told: each resolver has 1,000 sessions of its own in memory, and is
    asked for all of them once behind the writes: they must still be answered from there.
    """
    seconds = max(4, 3 * run.options.seconds)
    _ = run.redis_port
    file = run.folder / "fleet.txt"
    sessions.store_sessions(run.redis, SESSIONS, file)
    written = sessions.store_sessions(run.redis, SESSIONS, run.folder / "fleet-written.txt")
    scenes = []
    for size in SIZES:
        fleet = [resolver.start(run, f"resolver-fleet-{size}-{number}") for number in range(size)]
        for server in fleet:
            ask(run, server, file)
        with Writer(run, written) as writer:
            # Until all is as it will be: the first second is that of the writer's start.
            time.sleep(1)
            scenes.append({"resolvers": size, **period(run, writer, fleet, seconds)})
        scenes[-1]["hit_rate"] = statistics.mean(hit_rate(run, server, file) for server in fleet) if fleet else None
        for server in fleet:
            server.process.stop()
    return {"seconds": seconds, "sessions": SESSIONS, "scenes": scenes}


def ask(run, server, file):
    wrk.run(run.cores.load, server.port, file, count=SESSIONS, connections=4, stop_after=SESSIONS, seconds=30)


def hit_rate(run, server, file):
    before = resolver.metrics(server.admin)
    ask(run, server, file)
    after = resolver.metrics(server.admin)
    hits, misses = (after[name] - before[name] for name in (HITS, MISSES))
    return hits / max(1, hits + misses)


def period(run, writer, fleet, seconds):
    """Shares of a core that each process took, and how many writes a second there were."""
    processes = [run.redis_server.process, *(server.process for server in fleet)]
    began, writes = time.monotonic(), writer.count
    before = [process.processor_time() for process in processes]
    time.sleep(seconds)
    after = [process.processor_time() for process in processes]
    took, writes = time.monotonic() - began, writer.count - writes
    if writer.failure:
        raise ServerFailed(f"the writes ended: {writer.failure}")
    redis, *each = [(last - first) / took for first, last in zip(before, after)]
    return {"writes_per_second": writes / took, "redis_cores": redis,
            "resolver_cores": statistics.median(each) if each else None,
            "resolver_cores_most": max(each) if each else None}


class Writer(threading.Thread):
    """Writes sessions' records, one by one at even distances as far as a thread can, until it is left."""

    def __init__(self, run, written):
        super().__init__(daemon=True)
        self.redis = Redis(run.redis_port)
        self.commands = [encode(("SET", session.key, session.record())) for session in written]
        self.is_over = threading.Event()
        self.count = 0
        self.failure = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.join()
        self.redis.close()

    def run(self):
        try:
            began, unread = time.monotonic(), 0
            while not self.is_over.is_set():
                due = int((time.monotonic() - began) * WRITES_PER_SECOND)
                while self.count < due:
                    self.redis.socket.sendall(self.commands[self.count % len(self.commands)])
                    self.count, unread = self.count + 1, unread + 1
                    if unread == UNREAD:
                        unread = self.read(unread)
                time.sleep(0.0001)
            self.read(unread)
        except OSError as error:
            self.failure = error

    def read(self, unread):
        for _ in range(unread):
            self.redis.reply()
        return 0


def table(result):
    """The results as lines of Markdown."""
    lines = ["## Many resolvers beside one Redis", "",
             f"{WRITES_PER_SECOND:,} session writes a second, one by one, of sessions that nobody asks for; each resolver "
             f"has {result['sessions']:,} others in memory. Shares of a core, over {result['seconds']} s.", "",
             "| resolvers | writes a second | Redis | each resolver | at most | from memory afterwards |",
             "| ---: | ---: | ---: | ---: | ---: | ---: |"]
    for scene in result["scenes"]:
        each = ("–", "–", "–") if scene["resolver_cores"] is None else (
            f"{scene['resolver_cores']:.3f}", f"{scene['resolver_cores_most']:.3f}", f"{scene['hit_rate']:.1%}")
        lines.append(f"| {scene['resolvers']} | {scene['writes_per_second']:,.0f} | {scene['redis_cores']:.3f} | "
                     + " | ".join(each) + " |")
    return lines
