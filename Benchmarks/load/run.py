"""A run: its folder, its cores, its servers, all of which end with it."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import socket
import tempfile

from . import machine
from .process import Process, free_port
from .redis import Redis
from .servers import redis as redis_server
from .tokens import TokenFiles


@dataclasses.dataclass
class Server:
    """A running server, where it listens, and the processes that are measured besides it."""

    process: Process
    port: int
    admin: int | None = None
    calls: int | None = None
    secured: int | None = None
    certificate: pathlib.Path | None = None
    socket: pathlib.Path | None = None
    beside: dict = dataclasses.field(default_factory=dict)


class Run(contextlib.ExitStack):
    """What the parts of a run share."""

    def __init__(self, options):
        super().__init__()
        self.options = options
        self.repository = pathlib.Path(__file__).resolve().parents[2]
        self.cores = machine.Cores()
        self.binary = options.binary
        self.envoy = self.gateway("envoy/_bin/envoy")
        self.kept = self.repository / ".build" / "bench"
        self.tokens = TokenFiles(self.kept / "tokens")
        self.keyring = self.tokens.keyring
        self.redis = None

    def __enter__(self):
        super().__enter__()
        # Below /tmp: Unix sockets need short paths, and Apache's own user must be able to read here.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="authgear-bench-"))
        self.folder.chmod(0o755)
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)
        return self

    def start(self, name, command, core=None, environment=None, cwd=None):
        """Starts a process that ends with the run, on the server's core unless told otherwise."""
        core = self.cores.server if core is None else core
        return self.enter_context(Process(name, command, core, self.folder / f"{name}.log", environment, cwd=cwd))

    def process(self, name, command):
        """A process that the caller ends, on the server's core."""
        return Process(name, command, self.cores.server, self.folder / f"{name}.log")

    @staticmethod
    def port():
        return free_port()

    @staticmethod
    def server(process, port, **more):
        return Server(process, port, **more)

    def readable(self, file):
        """A copy of a file that every user may read."""
        copy = self.folder / pathlib.Path(file).name
        shutil.copyfile(file, copy)
        copy.chmod(0o644)
        return copy

    def gateway(self, name):
        """A gateway's program as a package of PyPI's brings it, by its name or its path there; None without it."""
        folder = self.options.gateways
        found = [folder / "bin" / name, *sorted(folder.glob(f"lib/python3*/site-packages/{name}"))]
        return next((path for path in found if path.is_file() and os.access(path, os.X_OK)), None)

    @property
    def redis_port(self):
        """The port of the run's Redis, started when first asked for."""
        if self.redis is None:
            self.redis_server = redis_server.start(self)
            self.redis = Redis(self.redis_server.port)
            self.callback(self.redis.close)
        return self.redis_server.port


def answer_to(port, header_line, path="/resolve"):
    """Status and header fields (names in lower case) of one request's answer."""
    head = f"GET {path} HTTP/1.1\r\nHost: resolver\r\n{header_line}{chr(13) + chr(10) if header_line else ''}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(head.encode())
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(65536)
            if not part:
                raise ConnectionError(f"the connection was closed after {received!r}")
            received += part
    lines = received.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines[1:] if ":" in line)
    return int(lines[0].split()[1]), {name.lower(): value.strip() for name, _, value in fields}


def lines_of(file, count):
    """The first lines of a file."""
    with open(file) as source:
        return [line.rstrip("\n") for _, line in zip(range(count), source)]


def raise_file_limit():
    """As many open files as the system allows: 10,000 connections need them."""
    import resource
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
