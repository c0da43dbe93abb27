"""Which values the chart takes, and what it says of others."""

import copy
import json
import re
import tempfile
import unittest

import helm_python
import yaml

from release import CASES, CHART, ROOT, Release, render

# Values over those of the smallest case, and words of the error that they make.
REFUSED = [
    ({"image": {"repository": ""}}, "repository"),
    ({"image": {"repository": "a b"}}, "repository"),
    ({"image": {"name": "x"}}, "'name' not allowed"),
    ({"image": {"digest": "sha256:1"}}, "digest"),
    ({"config": None}, "config"),
    ({"config": {"listen": ["0.0.0.0:1"]}}, "/config"),
    ({"config": {"threads": 4}}, "/config"),
    ({"config": {"reload": {"watch": True}}}, "/config"),
    ({"config": {"admin": {"listen": "0.0.0.0:1"}}}, "/config"),
    ({"replicas": 3}, "'replicas' not allowed"),
    ({"mode": "daemonset"}, "mode"),
    ({"reload": True}, "reload"),
    ({"port": 80}, "port"),
    ({"port": 4181}, "must differ"),
    ({"grpcPort": 4180}, "must differ"),
    ({"threads": 0}, "threads"),
    ({"address": "127.0.0.1"}, "address"),
    ({"secrets": ["Redis"]}, "secrets"),
    ({"secrets": ["../etc"]}, "secrets"),
    ({"tls": {"clientCA": True}}, "tls.clientCA needs tls.existingSecret"),
    ({"mode": "sidecar", "tls": {"existingSecret": "x"}}, "tls.existingSecret is for mode deployment"),
    ({"mode": "sidecar", "grpcPort": 4182}, "grpcPort is for mode deployment"),
    ({"mode": "sidecar", "gateway": {"backend": "a:1; }"}}, "backend"),
    ({"mode": "sidecar", "gateway": {"port": 4180}}, "must differ"),
    ({"networkPolicy": {"enabled": True}}, "networkPolicy.gateways names nobody"),
    ({"networkPolicy": {"gateways": [{}]}}, "gateways"),
    ({"podDisruptionBudget": {"maxUnavailable": "half"}}, "maxUnavailable"),
    ({"podMonitor": {"interval": "30"}}, "interval"),
    ({"probes": {"readiness": {"path": "/healthz"}}}, "'path' not allowed"),
    ({"podLabels": {"a": 1}}, "podLabels"),
    ({"resources": {"cpu": "1"}}, "'cpu' not allowed"),
]


def merged(values, more):
    """As Helm merges: mappings member by member, and null takes away."""
    values = copy.deepcopy(values)
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(values.get(key), dict):
            values[key] = merged(values[key], value)
        else:
            values[key] = value
    return values


class ValuesTests(unittest.TestCase):
    def test_lint_has_nothing_to_say_of_any_case(self):
        for case, values in CASES.items():
            with self.subTest(case=case):
                report = helm_python.lint(CHART, values, strict=True, kube_version="v1.29.0")
                # 1 is information: that there is no icon.
                self.assertEqual([m for m in report["messages"] if m["severity"] > 1], [])
                self.assertEqual(report["errors"], [])

    def test_what_is_wrong_is_refused_in_words(self):
        self.assertTrue(render(CASES["smallest"]))
        for more, words in REFUSED:
            with self.subTest(values=more):
                with self.assertRaises(helm_python.HelmError) as caught:
                    render(merged(CASES["smallest"], more))
                self.assertIn(words, str(caught.exception))

    def test_nothing_is_taken_without_an_image_and_a_configuration(self):
        with self.assertRaises(helm_python.HelmError) as caught:
            render({})
        self.assertIn("repository", str(caught.exception))
        with self.assertRaises(helm_python.HelmError) as caught:
            render({"image": {"repository": "x"}})
        self.assertIn("config is empty", str(caught.exception))

    def test_the_schema_and_the_defaults_name_the_same_values(self):
        schema = json.loads((CHART / "values.schema.json").read_text())
        self.compare(schema, yaml.safe_load((CHART / "values.yaml").read_text()), "values")

    def compare(self, schema, values, place):
        names = schema["properties"].keys() - {"global"}
        self.assertEqual(names, values.keys(), place)
        self.assertIs(schema["additionalProperties"], False, place)
        for name in names:
            if "properties" in schema["properties"][name]:
                self.compare(schema["properties"][name], values[name], f"{place}.{name}")

    def test_the_program_is_the_version_that_is_built(self):
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
        source = (ROOT / "Sources/AuthgearResolver/Values/Version.swift").read_text()
        self.assertEqual(chart["appVersion"], re.search(r'let program = "(.+)"', source)[1])

    def test_what_is_packaged_is_what_is_in_the_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            archive = helm_python.package(CHART, destination=folder)
            for case, values in CASES.items():
                with self.subTest(case=case):
                    self.assertEqual(render(values, archive), render(values))


class ChangeTests(unittest.TestCase):
    """What a changed configuration does to the pods."""

    def annotations(self, *more):
        values = CASES["sidecar"]
        for one in more:
            values = merged(values, one)
        return Release(values).pod["metadata"]["annotations"]

    def test_a_change_makes_new_pods(self):
        before = self.annotations()
        after = self.annotations({"config": {"log": {"level": "debug"}}})
        self.assertNotEqual(before["checksum/config"], after["checksum/config"])
        self.assertEqual(before["checksum/nginx"], after["checksum/nginx"])
        after = self.annotations({"gateway": {"backend": "other:80"}})
        self.assertNotEqual(before["checksum/nginx"], after["checksum/nginx"])
        self.assertEqual(before["checksum/config"], after["checksum/config"])

    def test_what_is_watched_makes_none(self):
        watched = {"reload": "watch"}
        self.assertNotIn("checksum/config", self.annotations(watched))
        self.assertEqual(self.annotations(watched), self.annotations(watched, {"config": {"log": {"level": "debug"}}}))
