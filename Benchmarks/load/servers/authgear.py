"""A stand-in for Authgear's own resolver, which does to Redis what Authgear does, and can be out of reach."""

import asyncio
import collections
import dataclasses
import os
import threading
import time

from ..redis import Redis
from .answer import HEADERS

WAIT_SECONDS = 10
HEAD_END = b"\r\n\r\n"
COOKIE = b"cookie: session="


@dataclasses.dataclass(frozen=True)
class Written:
    """Between which moments a record was written, and the seconds that it lives."""

    before: float
    after: float
    life: float


class Authgear(threading.Thread):
    """Answers for sessions that it knows, after a while, and writes the user's record when Redis has none.

    A session is valid that stands in Redis and whose user is not in `disabled`. A request without a session gets an
    answer that says nothing. It runs in a thread of this process, on the load's core; `with` opens its port.
    """

    def __init__(self, run, sessions, *, delay_ms, life_ms):
        super().__init__(daemon=True)
        self.port = run.port()
        self.core = run.cores.load
        self.delay_ms, self.life_ms = delay_ms, life_ms
        self.sessions = {}
        self.know(sessions)
        self.disabled = set()
        # How often each user was asked about, and the records that were written of each.
        self.asked = collections.Counter()
        self.written = collections.defaultdict(list)
        self.redis = Redis(run.redis_port)
        self.loop = asyncio.new_event_loop()
        self.listener = None
        self.connections = set()

    def know(self, sessions):
        """Takes more sessions for its own."""
        self.sessions.update({session.cookie: session for session in sessions})

    def __enter__(self):
        self.start()
        self.open()
        return self

    def __exit__(self, *_):
        self.close()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join(WAIT_SECONDS)
        self.redis.close()

    def run(self):
        os.sched_setaffinity(0, {self.core})  # this thread's alone
        self.loop.run_forever()

    def open(self):
        """Listens, on the same port each time."""
        self.call(self.listen())

    def close(self):
        """Nobody listens on its port any more, and its connections are reset."""
        self.call(self.hang_up())

    def call(self, work):
        asyncio.run_coroutine_threadsafe(work, self.loop).result(WAIT_SECONDS)

    async def listen(self):
        self.listener = await asyncio.start_server(self.serve, "127.0.0.1", self.port)

    async def hang_up(self):
        self.listener.close()
        serving = list(self.connections)
        for each in serving:
            each.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def serve(self, reader, writer):
        """The requests of one connection, one after the other."""
        self.connections.add(asyncio.current_task())
        try:
            while True:
                head = await reader.readuntil(HEAD_END)
                fields = "".join(f"{name}: {value}\r\n" for name, value in (await self.answer(head)).items())
                writer.write(f"HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.connections.discard(asyncio.current_task())
            writer.transport.abort()

    async def answer(self, head):
        """The fields that say what the session of a request is."""
        line = next((line for line in head.split(b"\r\n") if line.lower().startswith(COOKIE)), None)
        if line is None:
            return {}
        session = self.sessions.get(line[len(COOKIE):].decode())
        if session:
            self.asked[session.user] += 1
        await asyncio.sleep(self.delay_ms / 1000)
        if session is None or session.user in self.disabled or not self.redis.command("EXISTS", session.key):
            return {"x-authgear-session-valid": "false"}
        self.write(session)
        return {**HEADERS, "x-authgear-user-id": session.user}

    def write(self, session, life_ms=None):
        """The user's record, unless there is one: its life does not begin anew before its end."""
        before, life_ms = time.monotonic(), life_ms or self.life_ms
        if self.redis.command("SET", session.user_key, session.user_record(), "PX", life_ms, "NX"):
            self.written[session.user].append(Written(before, time.monotonic(), life_ms / 1000))
