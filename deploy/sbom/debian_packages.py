"""The Debian packages whose libraries a program loads."""

import os
import platform
import re
import subprocess
from dataclasses import dataclass

# Debian's `copyright` files have words of their own; these are what the libraries themselves are under.
LICENCES = {
    "libc6": "LGPL-2.1-or-later",
    "libgcc-s1": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libhiredis0.14": "BSD-3-Clause",
    "libnghttp2-14": "MIT",
    "libssl3": "Apache-2.0",
    "libstdc++6": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "zlib1g": "Zlib",
}


@dataclass
class Package:
    name: str
    version: str
    architecture: str
    source: str
    # File names of the libraries that are loaded.
    libraries: list

    @property
    def licence(self):
        return LICENCES.get(self.name)


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def libraries(binary):
    """The paths of all libraries that the loader takes for a program, those of libraries too."""
    text = output("ldd", binary)
    if "not found" in text:
        raise SystemExit(f"{binary} needs libraries that are not here:\n{text}")
    return sorted(set(re.findall(r"(?:=> |^\s+)(/\S+) \(0x", text, re.MULTILINE)))


def owner(path):
    """The package that a file belongs to; None when it is no package's. /lib is /usr/lib, and dpkg knows one of the two."""
    real = os.path.realpath(path)
    for candidate in [path, real, real.removeprefix("/usr"), "/usr" + path]:
        found = subprocess.run(["dpkg-query", "--search", candidate], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(": ")[0].split(",")[0]
    return None


def linked(binary):
    """The packages, in the order of their names, and the libraries that are of none."""
    packages, others = {}, []
    for path in libraries(binary):
        name = owner(path)
        if name is None:
            others.append(path)
            continue
        if name not in packages:
            fields = output("dpkg-query", "--show", "--showformat=${Package}|${Version}|${Architecture}|${source:Package}", name)
            packages[name] = Package(*fields.split("|"), [])
        packages[name].libraries.append(os.path.basename(path))
    return [packages[name] for name in sorted(packages)], others


def distribution():
    """Such as debian-12."""
    release = platform.freedesktop_os_release()
    return f"{release['ID']}-{release['VERSION_ID']}"
