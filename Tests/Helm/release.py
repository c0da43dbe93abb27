"""A release of the chart, as Helm's own library renders it: no cluster is asked."""

import functools
import os
import pathlib

import helm_python
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/authgear-resolver"
CASES = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((ROOT / "Tests/Helm/cases").glob("*.yaml"))}

# What a release with these values is called.
NAME, NAMESPACE = "test", "edge"


def render(values, chart=CHART):
    """Each template's text, of an installation. Raises helm_python.HelmError, as `helm install` fails."""
    with helm_python.Chart.load(os.fspath(chart)) as loaded:
        # As an installation does before it renders.
        loaded.validate_schema(values)
        return loaded.render(values, name=NAME, namespace=NAMESPACE)


class Release:
    """The objects of a release, by kind."""

    def __init__(self, values):
        self.values = values
        self.texts = render(values)
        self.objects = [
            one
            for path, text in sorted(self.texts.items())
            if path.endswith(".yaml")
            for one in yaml.safe_load_all(text)
            if one is not None
        ]

    def of(self, kind):
        return [one for one in self.objects if one["kind"] == kind]

    def the(self, kind):
        (one,) = self.of(kind)
        return one

    @property
    def pod(self):
        return self.the("Deployment")["spec"]["template"]

    @property
    def containers(self):
        spec = self.pod["spec"]
        return spec.get("initContainers", []) + spec["containers"]

    @property
    def port_names(self):
        return {port["name"]: port["containerPort"] for one in self.containers for port in one.get("ports", [])}

    @property
    def configuration(self):
        """The text of resolver.yaml."""
        (text,) = [one["data"]["resolver.yaml"] for one in self.of("ConfigMap") if "resolver.yaml" in one["data"]]
        return text


@functools.cache
def release(case):
    return Release(CASES[case])


def each_case(test):
    """A test of every case's release."""

    @functools.wraps(test)
    def of_all(self):
        for case in CASES:
            with self.subTest(case=case):
                test(self, release(case))

    return of_all
