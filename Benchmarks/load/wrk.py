"""Runs wrk on the load's core."""

import json
import os
import pathlib
import resource
import subprocess

SCRIPT = pathlib.Path(__file__).with_name("wrk.lua")
GRACE_SECONDS = 60


def run(core, port, file, *, first=0, count=1, stop_after=0, connections=32, seconds=1, path="/resolve"):
    """One run of wrk.

    Sends `count` lines of `file` from the `first` on in turn (None: no credential) until `seconds` are over or
    `stop_after` requests are sent. Gives requests, seconds, failed (connections), refused (status of 400 or more),
    p50, p99 and p999 in microseconds, and the share of the time in which the load's core was busy with wrk.
    """
    command = ["wrk", "-t", "1", "-c", connections, "-d", f"{seconds}s", "-s", SCRIPT, f"http://127.0.0.1:{port}",
               "--", path, file or "-", first, count, stop_after]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=seconds + GRACE_SECONDS,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"wrk said:\n{done.stdout}{done.stderr}")
    result = json.loads(lines[-1])
    result["seconds"] = result.pop("microseconds") / 1e6
    result["load_busy"] = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / result["seconds"]
    return result
