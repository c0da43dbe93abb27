"""What the programs say of the configurations in the manifests: the resolver's own, and nginx."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import yaml

from release import each_case, release

BINARY = os.environ["BINARY"]
# Debian has nginx where only root looks.
PATH = os.environ["PATH"] + ":/usr/sbin"


def certificate(folder):
    """A Secret of type kubernetes.io/tls, as a folder."""
    folder.mkdir()
    key, public = folder / "tls.key", folder / "tls.crt"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*command, "-subj", "/CN=test", "-keyout", key, "-out", public], check=True, capture_output=True)
    (folder / "ca.crt").write_bytes(public.read_bytes())


class Pod:
    """What a pod's containers find in their volumes, in a folder of this machine."""

    def __init__(self, one):
        self.one = one
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name)
        for name in one.values.get("secrets", []):
            secret = self.folder / "secrets" / name
            secret.mkdir(parents=True)
            for key in ["password", "secret", "redis-password"]:
                (secret / key).write_text("word\n")
        certificate(self.folder / "tls")
        self.configuration = self.folder / "resolver.yaml"
        self.configuration.write_text(one.configuration.replace("/run/", f"{self.folder}/"))
        # emptyDirs.
        for name in ["authgear", "tmp"]:
            (self.folder / name).mkdir()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def resolver(self, *arguments):
        places = {"/etc/authgear-resolver/resolver.yaml": self.configuration, "/nginx": self.folder / "authgear"}
        command = [BINARY, *[places.get(argument, argument) for argument in arguments]]
        environment = {"PATH": PATH} | {e["name"]: e["value"] for e in self.one.values.get("extraEnv", [])}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    def nginx(self):
        (files,) = [m["data"] for m in self.one.of("ConfigMap") if m["metadata"]["name"].endswith("-nginx")]
        for name, text in files.items():
            (self.folder / name).write_text(text.replace("/tmp/", f"{self.folder}/tmp/"))
        command = ["nginx", "-t", "-p", self.folder, "-c", self.folder / "nginx.conf"]
        return subprocess.run(command, env={"PATH": PATH}, capture_output=True, text=True, timeout=60)


class ConfigurationTests(unittest.TestCase):
    @each_case
    def test_the_program_takes_each(self, one):
        with Pod(one) as pod:
            result = pod.resolver("check", "--config", "/etc/authgear-resolver/resolver.yaml")
            first, *findings = result.stdout.splitlines() or [result.stderr]
            self.assertEqual(first, f"ok     {pod.configuration}: no errors")
            # The servers are not there; files are.
            wrong = [line for line in findings if line.startswith("failed")]
            self.assertEqual([line for line in wrong if not line.endswith("connection refused")], [])
            self.assertEqual(any(line.startswith("ok     tls.server: ") for line in findings), "tls" in one.values)

    @each_case
    def test_it_listens_where_the_ports_of_the_pod_are(self, one):
        read = yaml.safe_load(one.configuration)
        address = one.values.get("address", "0.0.0.0")
        self.assertEqual(read["admin"]["listen"], f"{address}:{one.port_names['admin']}")
        if one.values.get("mode") == "sidecar":
            # nginx alone can ask.
            return self.assertEqual(read["listen"], ["127.0.0.1:4180"])
        scheme = "https://" if "tls" in one.values else ""
        addresses = [f"{scheme}{address}:{one.port_names['http']}"]
        if "grpc" in one.port_names:
            addresses.append(f"grpc://{address}:{one.port_names['grpc']}")
        self.assertEqual(read["listen"], addresses)

    def test_figures_are_written_as_the_program_reads_them(self):
        text = release("deployment").configuration
        self.assertIn("entries: 10000000\n", text)
        # Beside the time that config states of its own.
        self.assertEqual(yaml.safe_load(text)["shutdown"], {"delay": "15s", "timeout": "20s"})

    @each_case
    def test_a_pod_that_is_to_end_has_the_time_that_it_takes(self, one):
        timeout = yaml.safe_load(one.configuration).get("shutdown", {}).get("timeout", "10s")
        drain = one.values.get("drainSeconds", 5)
        self.assertLess(drain + int(timeout[:-1]), one.pod["spec"]["terminationGracePeriodSeconds"])

    @each_case
    def test_nginx_takes_the_files_that_are_printed_for_it(self, one):
        if one.values.get("mode") != "sidecar":
            return
        with Pod(one) as pod:
            (init,) = [container for container in one.containers if container["name"] == "nginx-files"]
            result = pod.resolver(*init["args"])
            self.assertEqual(result.returncode, 0, result.stderr)
            result = pod.nginx()
            self.assertEqual(result.returncode, 0, result.stderr)
