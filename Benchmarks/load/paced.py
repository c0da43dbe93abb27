"""Runs the paced client (paced.c) on the load's core; compiles it when it is not there or older than its source."""

import functools
import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).with_name("paced.c")
GRACE_SECONDS = 60


@functools.cache
def binary(folder):
    built = pathlib.Path(folder) / "paced"
    if not built.exists() or built.stat().st_mtime < SOURCE.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-Wall", "-o", built, SOURCE, "-lm"], check=True)
    return built


def command(run, port, file, *, rate=0, seconds=60, limit=0, first=0, count=1, connections=32):
    line = [binary(run.kept), port, connections, rate, seconds, limit, first, count] + ([file] if file else [])
    return [str(part) for part in line]


def start(run, port, file, yielding=False, **options):
    """Starts it; `result` waits for its end. `yielding`: it leaves its core to whoever else wants it."""
    def place():
        os.sched_setaffinity(0, {run.cores.load})
        if yielding:
            os.nice(15)

    return subprocess.Popen(command(run, port, file, **options), stdout=subprocess.PIPE, text=True,
                            preexec_fn=place)


def result(child, seconds):
    """What it measured: times in microseconds."""
    try:
        output, _ = child.communicate(timeout=seconds + GRACE_SECONDS)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if child.returncode != 0:
        raise RuntimeError(f"the paced client ended with {child.returncode}")
    return json.loads(output)


def run_paced(run, port, file, **options):
    return result(start(run, port, file, **options), options.get("seconds", 60))


def send_all(run, port, file, count, first=0, connections=32):
    """Sends each of the lines once, as fast as the answers come."""
    return run_paced(run, port, file, limit=count, first=first, count=count, seconds=600, connections=connections)
