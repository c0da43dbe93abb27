"""A server process of this run: pinned to a core, measured through /proc, ended by its process id."""

import os
import pathlib
import signal
import socket
import subprocess
import time

START_SECONDS = 30
STOP_SECONDS = 10


class Process:
    """A started server. `with` ends it; its output goes to a file of the run."""

    def __init__(self, name, command, core, log, environment=None, stop_signal=signal.SIGTERM, cwd=None):
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        with open(log, "ab") as output:
            self.child = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd,
                env={**os.environ, **(environment or {})}, preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        self.pid = self.child.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Asks it to end, and kills it and its children when it does not within STOP_SECONDS."""
        if self.child.poll() is not None:
            return
        family = self.family()
        self.child.send_signal(self.stop_signal)
        try:
            self.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            for pid in family:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.child.wait(STOP_SECONDS)

    def family(self):
        """The process ids of the server and of all its descendants."""
        found, new = [], [self.pid]
        while new:
            pid = new.pop()
            found.append(pid)
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    new.extend(int(child) for child in children.read_text().split())
                except OSError:
                    pass
        return found

    def processor_time(self):
        """Seconds that its threads and its children's have run, user and kernel together."""
        return sum(processor_time(pid) for pid in self.family())

    def resident_memory(self):
        """Bytes of resident memory, of it and its children."""
        return sum(memory(pid)["Rss"] for pid in self.family())

    def anonymous_memory(self):
        """The part of the resident memory that is its own, without the pages of its program and of libraries."""
        return sum(memory(pid)["Anonymous"] for pid in self.family())

    def wait_until(self, is_ready, pause=0.005):
        """Polls until `is_ready()`; says what the server printed when it ends or never gets there."""
        end = time.monotonic() + START_SECONDS
        while not is_ready():
            if self.child.poll() is not None or time.monotonic() > end:
                tail = "\n".join(pathlib.Path(self.log).read_text(errors="replace").splitlines()[-15:])
                state = "ended" if self.child.poll() is not None else f"was not ready within {START_SECONDS} s"
                raise ServerFailed(f"{self.name} {state}. Its log, {self.log}, ends with:\n{tail}")
            time.sleep(pause)

    def wait_for_port(self, port):
        self.wait_until(lambda: accepts(("127.0.0.1", port)))


class ServerFailed(Exception):
    """A server did not start, or does not do what it is measured for."""


def processor_time(pid):
    """Seconds that a process's threads have run: what the scheduler counted, in ns, or the kernel's 10 ms ticks."""
    try:
        files = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
        times = [int(file.read_text().split()[0]) for file in files]
        if any(times):
            return sum(times) / 1e9
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def memory(pid):
    """What the kernel sums up of a process's mappings, in bytes: Rss, Anonymous, …"""
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) * 1024 for name, value in (line.split(":", 1) for line in lines)}


def accepts(address):
    """Whether something listens there."""
    with socket.socket(socket.AF_INET) as probe:
        return probe.connect_ex(address) == 0


def free_port():
    """A TCP port on 127.0.0.1 that nothing listens on now."""
    with socket.socket(socket.AF_INET) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
