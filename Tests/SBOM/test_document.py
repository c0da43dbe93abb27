"""A bill of materials, against the schema of CycloneDX and what the package managers know."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest
from datetime import datetime
from unittest import mock

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(os.fspath(ROOT / "deploy/sbom"))

import document  # noqa: E402

BINARY = os.environ["BINARY"]
TEXT = pathlib.Path(os.environ["DOCUMENT"]).read_text()
DOCUMENT = json.loads(TEXT)
COMPONENTS = DOCUMENT["components"]


def of(kind):
    return [one for one in COMPONENTS if one["purl"].startswith(f"pkg:{kind}/")]


def nested(components):
    for one in components:
        yield one
        yield from nested(one.get("components", []))


class DocumentTests(unittest.TestCase):
    def test_the_schema_takes_it(self):
        validator = JsonStrictValidator(SchemaVersion.V1_6)
        self.assertIsNone(validator.validate_str(TEXT))
        # It does look.
        self.assertIsNotNone(validator.validate_str(TEXT.replace('"bomFormat"', '"bomShape"')))

    def test_each_package_that_was_resolved_is_in_it_in_its_version(self):
        pins = json.loads((ROOT / "Package.resolved").read_text())["pins"]
        resolved = {pin["location"].removesuffix(".git"): pin["state"]["version"] for pin in pins}
        self.assertGreater(len(resolved), 15)
        listed = {one["externalReferences"][0]["url"].removesuffix(".git"): one["version"] for one in of("swift")}
        self.assertEqual(listed, resolved)

    def test_what_only_tests_need_is_told_apart(self):
        scopes = {one["name"]: one["scope"] for one in of("swift")}
        for name in ["swift-nio", "swift-nio-ssl", "async-http-client", "Yams", "swift-argument-parser", "swift-log"]:
            self.assertEqual(scopes[name], "required", name)
        # Oracles.
        for name in ["jwt-kit", "swift-crypto", "swift-protobuf"]:
            self.assertEqual(scopes[name], "excluded", name)

    def test_each_library_that_the_binary_names_is_a_packages(self):
        headers = subprocess.run(["objdump", "-p", BINARY], check=True, capture_output=True, text=True).stdout
        needed = set(re.findall(r"NEEDED\s+(\S+)", headers))
        listed = {entry["value"] for one in of("deb") for entry in one["properties"]}
        swift = {name for name in needed if re.match(r"lib_?(swift|Foundation|dispatch|BlocksRuntime)", name)}
        self.assertTrue({"libssl.so.3", "libhiredis.so.0.14", "libnghttp2.so.14"} <= needed)
        self.assertEqual(needed - listed - swift, set())

    def test_debian_has_each_package_in_that_version(self):
        self.assertGreater(len(of("deb")), 4)
        for one in of("deb"):
            command = ["dpkg-query", "--show", "--showformat=${Version} ${Architecture}", one["name"]]
            url = PackageURL.from_string(one["purl"])
            known = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            self.assertEqual(f"{one['version']} {url.qualifiers['arch']}", known)

    def test_urls_are_written_as_others_write_them(self):
        for one in nested([DOCUMENT["metadata"]["component"], *COMPONENTS]):
            url = PackageURL.from_string(one["purl"])
            self.assertEqual(PackageURL.from_string(url.to_string()), url)
            self.assertEqual(url.version, one.get("version"))
            self.assertEqual(url.name, one["name"])

    def test_each_reference_leads_to_a_component_and_the_program_to_all_that_it_needs(self):
        references = [one["bom-ref"] for one in nested([DOCUMENT["metadata"]["component"], *COMPONENTS])]
        self.assertEqual(len(references), len(set(references)))
        edges = {entry["ref"]: entry["dependsOn"] for entry in DOCUMENT["dependencies"]}
        self.assertTrue({*edges, *(end for ends in edges.values() for end in ends)} <= set(references))
        reached, rest = set(), [DOCUMENT["metadata"]["component"]["bom-ref"]]
        while rest:
            one = rest.pop()
            if one not in reached:
                reached.add(one)
                rest += edges[one]
        self.assertTrue({one["bom-ref"] for one in COMPONENTS if one["scope"] == "required"} <= reached)

    def test_licences_are_known_of_all_packages_of_swift(self):
        for one in of("swift"):
            self.assertTrue(one["licenses"][0]["expression"], one["name"])

    def test_the_same_parts_give_the_same_document_in_whatever_order_they_come(self):
        made = datetime.fromisoformat(DOCUMENT["metadata"]["timestamp"])
        depends = {entry["ref"]: entry["dependsOn"][::-1] for entry in DOCUMENT["dependencies"]}
        parts = [DOCUMENT["metadata"]["component"], COMPONENTS[::-1], depends]
        with mock.patch.dict(os.environ, SOURCE_DATE_EPOCH=str(int(made.timestamp()))):
            self.assertEqual(document.document(*parts), TEXT)
        with mock.patch.dict(os.environ, SOURCE_DATE_EPOCH="0"):
            later = json.loads(document.document(*parts))
        # Its number is that of the parts, whenever it is made.
        self.assertEqual(later["metadata"]["timestamp"], "1970-01-01T00:00:00Z")
        self.assertEqual(later["serialNumber"], DOCUMENT["serialNumber"])
