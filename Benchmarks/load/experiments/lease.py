"""How long a session that ended is answered as valid when Redis can no longer tell."""

import selectors
import socket
import threading
import time

from .. import paced, sessions
from ..process import ServerFailed
from ..run import answer_to
from ..servers import resolver

BOUND = "authgear_resolver_session_revocation_lag_bound_seconds"
ROUNDS = 5
SECONDS_AFTER = 2.5
PAUSE = 0.005


def measure(run):
    """A session is deleted while Redis can't tell: its connections killed, or a network that carries nothing.

    The resolver reaches Redis through a proxy of this process, which can fall silent without closing anything. The bound
    is what /metrics said before; a session counts as valid until the last request for it that was answered `true`.
    """
    count = 2 * ROUNDS
    file = run.folder / "lease.txt"
    redis = run.redis_port
    stored = sessions.store_sessions(run.redis, count, file)
    with Proxy(redis) as proxy:
        server = resolver.start(run, "resolver-lease", redis_port=proxy.port)
        scenes = {"killed": [], "silent": []}
        for number, session in enumerate(stored):
            scene = "killed" if number % 2 == 0 else "silent"
            scenes[scene].append(lose(run, server, proxy, session, scene, file, count))
    return {name: {"bound_ms": max(lost["bound_ms"] for lost in all_lost),
                   "latest_true_ms": [lost["latest_true_ms"] for lost in all_lost],
                   "kept": all((lost["latest_true_ms"] or 0) <= lost["bound_ms"] for lost in all_lost)}
            for name, all_lost in scenes.items()}


def lose(run, server, proxy, session, scene, file, count):
    """Deletes one session that is in memory while Redis can't tell; asks for it all the time."""
    wait_for_trust(server)
    paced.send_all(run, server.port, file, count)
    bound = resolver.metrics(server.admin)[BOUND] * 1000
    if scene == "silent":
        proxy.silence()
    else:
        run.redis.command("CLIENT", "KILL", "TYPE", "pubsub")
    run.redis.command("DEL", session.key)
    gone = time.monotonic()
    latest = None
    while time.monotonic() < gone + SECONDS_AFTER:
        sent = time.monotonic()
        _, fields = answer_to(server.port, session.header_line)
        if fields.get("x-authgear-session-valid") == "true":
            latest = (sent - gone) * 1000
        time.sleep(PAUSE)
    proxy.speak()
    return {"bound_ms": bound, "latest_true_ms": latest}


def wait_for_trust(server):
    """Until sessions are answered from memory: the bound is zero as long as each is read anew."""
    end = time.monotonic() + 30
    while resolver.metrics(server.admin)[BOUND] == 0 or not resolver.is_ready(server.admin):
        if time.monotonic() > end:
            raise ServerFailed("sessions are not answered from memory")
        time.sleep(0.05)


class Proxy(threading.Thread):
    """Carries bytes between clients and a port of this host, until it is to be silent: then connections stay open, and
    nothing arrives. Those from before stay silent for good, as those of a cut wire would."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target = target
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.partners = {}
        self.muted = []
        self.is_silent = False
        self.is_over = False

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.join(5)
        for end in [self.listener, *self.partners, *self.muted]:
            end.close()

    def silence(self):
        self.is_silent = True

    def speak(self):
        self.is_silent = False

    def run(self):
        while not self.is_over:
            for key, _ in self.selector.select(0.05):
                if self.is_silent:
                    self.mute()
                    break
                if key.fileobj is self.listener:
                    self.connect(self.listener.accept()[0])
                elif key.fileobj in self.partners:
                    self.carry(key.fileobj)

    def connect(self, client):
        server = socket.create_connection(("127.0.0.1", self.target))
        self.partners.update({client: server, server: client})
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(end, selectors.EVENT_READ)

    def carry(self, source):
        try:
            part = source.recv(1 << 16)
            if part:
                self.partners[source].sendall(part)
                return
        except OSError:
            pass
        for end in (source, self.partners.pop(source)):
            self.partners.pop(end, None)
            self.selector.unregister(end)
            end.close()

    def mute(self):
        """What is connected now is never heard of again."""
        for end in self.partners:
            self.selector.unregister(end)
        self.muted += self.partners
        self.partners.clear()
        time.sleep(0.01)


def table(result):
    """The results as lines of Markdown."""
    lines = ["## Redis can't tell", "",
             "A session in memory is deleted in Redis while the connection that would tell of it is cut. The bound is what "
             "/metrics said before.", "",
             "| how it is cut | bound ms | latest request answered `true`, ms after the deletion | kept |",
             "| --- | ---: | --- | --- |"]
    for name, title in (("killed", "killed by the server"), ("silent", "a network that carries nothing")):
        item = result[name]
        latest = ", ".join("none" if each is None else f"{each:.0f}" for each in item["latest_true_ms"])
        lines.append(f"| {title} | {item['bound_ms']:.0f} | {latest} | {'✓' if item['kept'] else '✗'} |")
    return lines
