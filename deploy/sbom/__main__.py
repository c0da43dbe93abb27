"""python3 deploy/sbom BINARY OUTPUT: the bill of materials of a binary, as CycloneDX in JSON: the packages of Swift that it is built
of, as they are resolved in this folder, and the Debian packages whose libraries it loads. Packages that only tests need are in it,
too, with the scope `excluded`. SOURCE_DATE_EPOCH is its time, where that is set. Needs `swift`, `ldd` and `dpkg`."""

import hashlib
import os
import pathlib
import re
import subprocess
import sys

import debian_packages
import swift_packages
from document import component, document, purl

PRODUCT = "authgear-resolver"
ROOT = pathlib.Path(__file__).resolve().parents[2]
# What packages have within themselves that is somebody else's: where its version stands, and its licence.
EMBEDDED = [
    ("swift-nio-ssl", "boringssl", "Sources/CNIOBoringSSL/hash.txt", r"revision ([0-9a-f]{40})", None),
    ("swift-nio", "llhttp", "Sources/CNIOLLHTTP/include/c_nio_llhttp.h", r"LLHTTP_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", "MIT"),
    ("yams", "libyaml", None, None, "MIT"),
]


def embedded(package):
    for identity, name, file, pattern, licence in EMBEDDED:
        if identity != package.identity:
            continue
        found = re.findall(pattern, (package.path / file).read_text()) if file else []
        if file and not found:
            raise SystemExit(f"{package.path / file} does not say which {name} it is: mend EMBEDDED in {__file__}")
        version = ".".join(found)
        url = purl("generic", name, version) if version else f"pkg:generic/{name}"
        yield component("library", name, url, version, licence)


def of_swift(package, scope):
    host, owner, _ = package.place.split("/")
    more = {"externalReferences": [{"type": "vcs", "url": package.url}]}
    if parts := list(embedded(package)):
        more["components"] = parts
    url = purl("swift", package.place, package.version)
    return component(
        "library", package.name, url, package.version, package.licence, scope, group=f"{host}/{owner}", **more
    )


def of_debian(package, distribution):
    source = package.source if package.source != package.name else None
    url = purl(
        "deb", f"debian/{package.name}", package.version, arch=package.architecture, distro=distribution, upstream=source
    )
    files = [{"name": "library", "value": name} for name in package.libraries]
    return component("library", package.name, url, package.version, package.licence, group="debian", properties=files)


def runtime():
    """Of the toolchain: the runtime, the standard library and Foundation, in the binary or beside it."""
    text = subprocess.run([os.environ.get("SWIFT", "swift"), "--version"], check=True, capture_output=True, text=True).stdout
    version = re.search(r"Swift version (\S+)", text)[1]
    return component("framework", "swift", purl("generic", "swift", version), version, "Apache-2.0 WITH Swift-exception")


def main(binary, output):
    version = re.search(r'let program = "(.+)"', (ROOT / "Sources/AuthgearResolver/Values/Version.swift").read_text())[1]
    root, packages = swift_packages.resolved()
    needed = swift_packages.Graph(packages).packages_of(root, PRODUCT)
    libraries, others = debian_packages.linked(binary)
    toolchain = [path for path in others if "/usr/lib/swift" in path]
    if strangers := sorted(set(others) - set(toolchain)):
        raise SystemExit(f"{binary} loads what is neither a Debian package's nor Swift's: {', '.join(strangers)}")

    swift = {name: of_swift(one, "required" if name in needed else "excluded") for name, one in packages.items() if name != root}
    debian = [of_debian(one, debian_packages.distribution()) for one in libraries]
    own = component(
        "application", PRODUCT, purl("generic", PRODUCT, version), version, "Apache-2.0",
        hashes=[{"alg": "SHA-256", "content": hashlib.sha256(pathlib.Path(binary).read_bytes()).hexdigest()}],
    )
    depends = {swift[name]["bom-ref"]: [swift[d]["bom-ref"] for d in packages[name].dependencies] for name in swift}
    direct = [swift[name]["bom-ref"] for name in packages[root].dependencies if name in needed]
    runtimes = runtime()
    depends[own["bom-ref"]] = direct + [one["bom-ref"] for one in [*debian, runtimes]]
    text = document(own, [*swift.values(), *debian, runtimes], depends)
    pathlib.Path(output).write_text(text)
    count = len(needed) - 1
    print(f"{output}: {count} packages of Swift, {len(swift) - count} more for tests, {len(debian)} of Debian")


if len(sys.argv) != 3:
    raise SystemExit(__doc__)
main(*sys.argv[1:])
