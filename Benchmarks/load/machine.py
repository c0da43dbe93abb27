"""The machine that a run is on: its cores, who runs on which, and what a reader of the results must know of it."""

import os
import pathlib
import platform
import subprocess


class Cores:
    """One core for the load, another for the server that is measured."""

    def __init__(self):
        allowed = sorted(os.sched_getaffinity(0))
        if len(allowed) < 2:
            raise SystemExit("The load benchmark needs two cores: one for the load, one for the server.")
        self.load, self.server = allowed[0], allowed[1]


def describe():
    """What the results name as the machine: processor, cores, kernel, memory."""
    processor = platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) // 1024
    return {
        "processor": processor,
        "cores": len(os.sched_getaffinity(0)),
        "memory_mib": memory,
        "kernel": platform.release(),
        "load_average_at_start": os.getloadavg()[0],
    }


def version(*command):
    """The first line of what a program says of its version, or None when it is not there. Where it stands is left out."""
    if command[0] is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except OSError:
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].replace(str(command[0]), pathlib.Path(command[0]).name).strip() if lines else None
