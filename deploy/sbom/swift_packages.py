"""The packages of Swift that a product is made of, as the package manager resolved them."""

import functools
import json
import os
import pathlib
import subprocess
from dataclasses import dataclass, field

# What a licence's text says, and its SPDX expression; the first that is found counts.
LICENCES = [
    ("Runtime Library Exception", "Apache-2.0 WITH Swift-exception"),
    ("Apache License", "Apache-2.0"),
    ("MIT License", "MIT"),
]


@dataclass
class Package:
    identity: str
    url: str
    version: str
    path: pathlib.Path
    traits: set
    # Identities of the packages that it depends on, whether or not the product needs them.
    dependencies: list = field(default_factory=list)

    @property
    def place(self):
        """Host, owner and name: github.com/apple/swift-nio."""
        return self.url.removeprefix("https://").removesuffix(".git")

    @property
    def name(self):
        return self.place.rsplit("/", 1)[-1]

    @property
    def licence(self):
        """The SPDX expression, or None where its text is not known here."""
        for file in sorted(self.path.glob("LICENSE*")):
            text = file.read_text()
            return next((licence for words, licence in LICENCES if words in text), None)
        return None


def swift(*arguments):
    command = [os.environ.get("SWIFT", "swift"), "package", *arguments]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(result.stdout)


def resolved():
    """The root's identity, and all packages by theirs."""
    packages = {}

    def keep(node):
        one = Package(node["identity"], node["url"], node["version"], pathlib.Path(node["path"]), set(node["traits"]))
        one.dependencies = sorted(child["identity"] for child in node["dependencies"])
        packages.setdefault(one.identity, one)
        for child in node["dependencies"]:
            keep(child)

    root = swift("show-dependencies", "--format", "json")
    keep(root)
    return root["identity"], packages


class Graph:
    """Which packages' targets a product is built of, on Linux: those that only tests need are not."""

    def __init__(self, packages):
        self.packages = packages

    @functools.cache
    def manifest(self, identity):
        manifest = swift("--package-path", str(self.packages[identity].path), "dump-package")
        return {
            "products": {product["name"]: product["targets"] for product in manifest["products"]},
            "targets": {target["name"]: target for target in manifest["targets"]},
        }

    def packages_of(self, identity, product):
        """Identities of the packages that the product of this one is built of."""
        seen = set()
        rest = [(identity, target) for target in self.manifest(identity)["products"][product]]
        while rest:
            node = rest.pop()
            if node not in seen:
                seen.add(node)
                rest += self.needs(*node)
        return {identity for identity, _ in seen}

    def needs(self, identity, name):
        for dependency in self.manifest(identity)["targets"][name]["dependencies"]:
            ((kind, value),) = dependency.items()
            if not self.holds(identity, value[-1]):
                continue
            if kind == "product":
                yield from self.product(value[0], [value[1].lower()])
            elif value[0] in self.manifest(identity)["targets"]:
                yield identity, value[0]
            else:
                # By its name alone: a product of one of the packages that it depends on.
                yield from self.product(value[0], self.packages[identity].dependencies)

    def product(self, name, identities):
        for identity in identities:
            # A package may be named by the last part of its URL, in other letters.
            for target in self.manifest(identity)["products"].get(name, []):
                yield identity, target

    def holds(self, identity, condition):
        """Whether a dependency is one on Linux, with the traits that the package was resolved with."""
        platforms = (condition or {}).get("platformNames") or ["linux"]
        traits = (condition or {}).get("traits") or []
        return "linux" in platforms and (not traits or bool(self.packages[identity].traits & set(traits)))
