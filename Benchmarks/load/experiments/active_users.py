"""What users who are active notice of it that their records end."""

import dataclasses
import statistics
import threading

from .. import paced, sessions
from ..process import ServerFailed
from ..redis import Redis
from ..rounds import spread
from ..servers import resolver
from ..servers.authgear import Authgear

ROUNDS = 2
CONNECTIONS = 64
# Users who come for the first time, one after the other, while others' records end.
NEWCOMERS = 250
# Authgear's records live 300 s: here 30 times as much ends, and is asked about, in a second.
LIFE_MS = 10_000
LONG_LIFE_MS = 3_600_000
PROMISED_RATIO = 1.5
# The users whom Authgear was asked about in a scene, at least: else it is not questions that nobody waits for.
ASKED_ABOUT = 0.5
# The share of the requests without Authgear that took 40 ms or more, from which on others are on the machine.
DISTURBING = 0.0001
DISTURBED = ("**The machine was busy with something else**: requests that Authgear has no part in took 40 ms or more. "
             "What stands here of the longest times says little.")
QUESTIONS = 'authgear_resolver_authgear_questions_total{purpose="user",result='


@dataclasses.dataclass(frozen=True)
class Scene:
    """Active users, each of whom comes twice a second.

    `waited` is what a request takes longer than that waited for Authgear's answer, in seconds as /metrics has it, also
    when it came in the middle of a question.
    """

    title: str
    users: int = 1_000
    delay_ms: int = 50
    waited: str = "0.025"
    # Whether there are records at the first requests, and for how long; else Authgear writes them.
    life_ms: int | None = None
    is_renewed: bool = False
    has_newcomers: bool = False
    # Whether nobody may wait but at a user's first request.
    is_promised: bool = False

    @property
    def rate(self):
        return 2 * self.users


SCENES = {
    "calm": Scene("records don't end", life_ms=LONG_LIFE_MS),
    "renewed": Scene("records are renewed before they end", life_ms=LONG_LIFE_MS, is_renewed=True),
    "ending": Scene("records end one after the other", is_promised=True),
    "together": Scene("records end all at once, the first time", life_ms=LIFE_MS, is_promised=True),
    "newcomers": Scene("the same, and newcomers beside them", life_ms=LIFE_MS, has_newcomers=True),
    "slow": Scene("records of 100 users end, Authgear takes 500 ms", users=100, delay_ms=500, waited="0.25",
                  is_promised=True),
}


def measure(run):
    """Who waits for Authgear, and how long, when 1,000 active users' records end every 10 s and it answers after 50 ms.

    Authgear writes each record anew when it is asked. Nobody may wait for it but at a user's first request, which is
    made before: where records are to end one after the other, by asking for the users so before they have a record. As
    records end 30 times as often as Authgear's, so many more requests read Redis; what the latency is compared with are
    therefore users whose records are renewed by somebody else, so that as many requests read them. Compared are the
    medians of each second's p99.9: a hundred records end in every second, a pause of the machine is in few. Who waits is
    counted where Authgear takes 500 ms, which no pause of the machine looks like (a test with a simulated clock counts
    it with 50 ms). And nobody who comes for the first time may be turned away because so many are asked about.
    """
    seconds = 25 if run.options.seconds > 1 else 15
    _ = run.redis_port
    users = {name: sessions.store_sessions(run.redis, scene.users, file(run, name)) for name, scene in SCENES.items()}
    samples = {name: [] for name in SCENES}
    everyone = [session for each in users.values() for session in each]
    with Authgear(run, everyone, delay_ms=50, life_ms=LIFE_MS) as authgear:
        for number in range(min(ROUNDS, run.options.rounds)):
            for name, scene in SCENES.items():
                authgear.delay_ms = scene.delay_ms
                server = resolver.start(run, f"resolver-{name}-{number}", authgear_port=authgear.port)
                first = first_requests(run, server, name, users[name])
                samples[name].append({"first": first, **period(run, server, authgear, name, users[name], seconds)})
                server.process.stop()
    return judge(samples, seconds)


def file(run, name):
    return run.folder / f"active-{name}.txt"


def first_requests(run, server, name, users):
    """Writes or removes the users' records, and asks for each of them; gives how many had to wait."""
    scene = SCENES[name]
    before = waited(server, scene)
    if scene.life_ms:
        run.redis.send(*[("SET", session.user_key, session.user_record(), "PX", scene.life_ms) for session in users])
    else:
        run.redis.send(*[("DEL", session.user_key) for session in users])
    rate = 0 if scene.life_ms else scene.users / (LIFE_MS / 1000)
    answers = paced.run_paced(run, server.port, file(run, name), rate=rate, limit=scene.users, count=scene.users)
    if answers["valid"] != scene.users:
        raise ServerFailed(f"{name}: of {scene.users} users {answers['valid']} were answered as valid at first")
    took = waited(server, scene) - before
    # Who has to wait is seen as waiting: then nobody seen later is nobody.
    if not scene.life_ms and took != scene.users:
        raise ServerFailed(f"{name}: of {scene.users} first requests without a record {took} waited")
    return took


def period(run, server, authgear, name, users, seconds):
    """What the users' requests took, how many of them waited, and how often Authgear was asked meanwhile."""
    scene = SCENES[name]
    before, asked_before = questions(server), authgear.asked.copy()
    waited_before, slow_before = waited(server, scene), slow_look_ups(server, scene)
    # It leaves the core to Redis and Authgear when they want it, or those would wait for it: it never sleeps.
    children = [paced.start(run, server.port, file(run, name), yielding=True, rate=scene.rate, seconds=seconds,
                            count=scene.users, connections=CONNECTIONS)]
    if scene.has_newcomers:
        children.append(newcomers(run, server, authgear, seconds))
    with Renewal(run, users if scene.is_renewed else []):
        answers, *others = [paced.result(child, seconds) for child in children]
    asked = authgear.asked - asked_before
    after = questions(server)
    return {**{figure: answers[figure] for figure in ("p50", "p99", "p999", "longest")},
            "p999_of_seconds": statistics.median(answers["p999_of_seconds"]),
            "requests": answers["sent"], "not_valid": answers["sent"] - answers["valid"],
            "slow": answers["slow"], "took_as_long": waited(server, scene) - waited_before,
            "slow_look_ups": slow_look_ups(server, scene) - slow_before,
            "asked": after["valid"] - before["valid"],
            "failed": sum(after.values()) - sum(before.values()) - after["valid"] + before["valid"],
            "users_asked_about": sum(asked[session.user] > 0 for session in users),
            "newcomers": sum(each["sent"] for each in others),
            "turned_away": sum(each["sent"] - each["valid"] for each in others)}


def newcomers(run, server, authgear, seconds):
    """Starts a client that asks for users who were never seen before and have no record, each once."""
    come = sessions.store_sessions(run.redis, NEWCOMERS, file(run, "new"))
    run.redis.send(*[("DEL", session.user_key) for session in come])
    authgear.know(come)
    return paced.start(run, server.port, file(run, "new"), yielding=True, rate=NEWCOMERS / seconds, limit=NEWCOMERS,
                       count=NEWCOMERS, seconds=seconds)


def waited(server, scene):
    """The requests that took so long, as the resolver itself measures it."""
    return resolver.longer(server.admin, "request_duration_seconds", scene.waited)


def slow_look_ups(server, scene):
    """What Redis was asked for, and answered as late: on a busy machine it does, and whoever asked waits for Redis."""
    return resolver.longer(server.admin, "store_lookup_duration_seconds", scene.waited)


def questions(server):
    """Those about users' records that Authgear was asked, by what came of them."""
    return {name[len(QUESTIONS):].strip('"}'): int(value) for name, value in resolver.metrics(server.admin).items()
            if name.startswith(QUESTIONS)}


class Renewal(threading.Thread):
    """Writes users' records anew, one after the other and each twice in a life, until it is left: as often as those
    that end are read, once when they end and once when they are there again."""

    def __init__(self, run, users):
        super().__init__(daemon=True)
        self.users = users
        self.redis = Redis(run.redis_port)
        self.is_over = threading.Event()

    def __enter__(self):
        if self.users:
            self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        if self.users:
            self.join()
        self.redis.close()

    def run(self):
        pause = LIFE_MS / 1000 / 2 / len(self.users)
        while True:
            for session in self.users:
                if self.is_over.wait(pause):
                    return
                self.redis.command("SET", session.user_key, session.user_record(), "PX", LONG_LIFE_MS)


def judge(samples, seconds):
    """The figures of each scene over its rounds, and whether the promises hold."""
    scenes = {name: {
        **{f"{figure}_us": spread(sample[figure] for sample in taken) for figure in ("p50", "p99", "p999", "p999_of_seconds")},
        **{figure: sum(sample[figure] for sample in taken)
           for figure in ("requests", "first", "took_as_long", "slow_look_ups", "slow", "not_valid", "asked", "failed",
                         "newcomers", "turned_away")},
        "asked_per_life": spread(
            sample["asked"] / SCENES[name].users / (seconds / (LIFE_MS / 1000)) for sample in taken),
        "users_asked_about": min(sample["users_asked_about"] for sample in taken),
    } for name, taken in samples.items()}
    for name, scene in scenes.items():
        if SCENES[name].is_promised and scene["users_asked_about"] < ASKED_ABOUT * SCENES[name].users:
            raise ServerFailed(f"{name}: Authgear was asked about {scene['users_asked_about']} users alone")
    promised = [scenes[name] for name, scene in SCENES.items() if scene.is_promised]
    ratio = spread(sample["p999_of_seconds"] / renewed["p999_of_seconds"]
                   for sample, renewed in zip(samples["ending"], samples["renewed"]))
    late = scenes["slow"]["took_as_long"]
    not_valid = sum(scene["not_valid"] for scene in promised)
    turned_away = sum(scene["turned_away"] for scene in scenes.values())
    is_disturbed = any(scenes[name]["slow"] > DISTURBING * scenes[name]["requests"] for name in ("calm", "renewed"))
    return {"seconds": seconds, "life_ms": LIFE_MS, "is_disturbed": is_disturbed, "scenes": scenes, "promises": {
        "waited": {"at_most": 0, "reached": late, "kept": late == 0},
        "not_valid": {"at_most": 0, "reached": not_valid, "kept": not_valid == 0},
        "turned_away": {"at_most": 0, "reached": turned_away, "kept": turned_away == 0},
        "p999": {"at_most": PROMISED_RATIO, "ratio": ratio, "kept": ratio["median"] <= PROMISED_RATIO}}}


def table(result):
    """The results as lines of Markdown."""
    promises = result["promises"]
    ratio = promises["p999"]["ratio"]
    lines = ["## Active users whose records end", "",
             f"Each user comes twice a second, for {result['seconds']} s; records live {result['life_ms'] // 1000} s. "
             f"Requests that waited for an Authgear of 500 ms after a user's first: {promises['waited']['reached']}, promised "
             f"0: {mark(promises['waited'])}. Not answered as valid: {promises['not_valid']['reached']}, promised 0: "
             f"{mark(promises['not_valid'])}. Newcomers turned away: {promises['turned_away']['reached']} of "
             f"{sum(scene['newcomers'] for scene in result['scenes'].values()):,}, promised 0: "
             f"{mark(promises['turned_away'])}. p99.9 of most seconds where records end one after the other: "
             f"{ratio['median']:.2f} of where they are renewed ({ratio['least']:.2f}–{ratio['greatest']:.2f}), promised at most "
             f"{PROMISED_RATIO}: {mark(promises['p999'])}", "",
             *([DISTURBED, ""] if result["is_disturbed"] else []),
             "| | users | requests | p50 / p99 / p99.9 µs | p99.9 of most seconds | 40 ms or more | not valid | first requests that waited "
             "| others that took as long | look-ups in Redis that did | questions answered, a user and life "
             "| questions that failed |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, scene in SCENES.items():
        item = result["scenes"][name]
        times = " / ".join(f"{item[f'{figure}_us']['median']:,.0f}" for figure in ("p50", "p99", "p999"))
        counts = " | ".join(f"{item[figure]:,}" for figure in ("slow", "not_valid", "first", "took_as_long",
                                                              "slow_look_ups"))
        lines.append(f"| {scene.title} | {scene.users:,} | {item['requests']:,} | {times} "
                     f"| {item['p999_of_seconds_us']['median']:,.0f} | {counts} "
                     f"| {item['asked_per_life']['median']:.2f} | {item['failed']:,} |")
    return lines


def mark(promise):
    return "✓" if promise["kept"] else "✗"
