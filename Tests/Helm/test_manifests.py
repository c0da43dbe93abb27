"""What a cluster would say of the manifests, as far as that is known without one."""

import unittest

import kubernetes_validate

from release import NAME, NAMESPACE, each_case

# The first version that the chart takes, and the newest whose schemas there are.
VERSIONS = ["1.29", "1.37"]
# Those of a CRD, whose schema is the operator's.
CUSTOM = {"PodMonitor"}
# The recommended labels of Kubernetes.
LABELS = {f"app.kubernetes.io/{name}" for name in ["name", "instance", "version", "component", "managed-by"]}


class ManifestTests(unittest.TestCase):
    @each_case
    def test_the_schemas_of_kubernetes_take_each_object(self, one):
        self.assertGreaterEqual(len(one.objects), 3)
        for manifest in one.objects:
            if manifest["kind"] in CUSTOM:
                continue
            for version in VERSIONS:
                kubernetes_validate.validate(manifest, version, strict=True)

    @each_case
    def test_each_object_has_the_standard_labels_and_a_name_of_the_release(self, one):
        for manifest in one.objects:
            metadata = manifest["metadata"]
            self.assertTrue(LABELS | {"helm.sh/chart"} <= metadata["labels"].keys(), manifest["kind"])
            self.assertEqual(metadata["labels"]["app.kubernetes.io/instance"], NAME)
            name = one.values.get("fullnameOverride", f"{NAME}-{one.values.get('nameOverride', 'authgear-resolver')}")
            self.assertIn(metadata["name"], [name, f"{name}-nginx"])
        names = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in one.objects]
        self.assertEqual(len(names), len(set(names)))

    @each_case
    def test_each_selector_finds_the_pods(self, one):
        labels = one.pod["metadata"]["labels"].items()
        deployment = one.the("Deployment")["spec"]["selector"]["matchLabels"]
        selectors = [deployment, one.the("Service")["spec"]["selector"]]
        selectors += [m["spec"]["selector"]["matchLabels"] for m in one.of("PodDisruptionBudget") + one.of("PodMonitor")]
        selectors += [m["spec"]["podSelector"]["matchLabels"] for m in one.of("NetworkPolicy")]
        for constraint in one.pod["spec"]["topologySpreadConstraints"]:
            selectors.append(constraint["labelSelector"]["matchLabels"])
        for selector in selectors:
            self.assertTrue(selector.items() <= labels, selector)
        # What changes with a version of the chart would keep the Deployment from being upgraded.
        self.assertEqual(deployment.keys(), {"app.kubernetes.io/name", "app.kubernetes.io/instance"})

    @each_case
    def test_each_port_that_is_named_is_one_of_a_container(self, one):
        named = [port["targetPort"] for port in one.the("Service")["spec"]["ports"]]
        named += [end["port"] for monitor in one.of("PodMonitor") for end in monitor["spec"]["podMetricsEndpoints"]]
        for policy in one.of("NetworkPolicy"):
            named += [port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]]
        for container in one.containers:
            probes = [container[name] for name in container if name.endswith("Probe")]
            named += [(probe.get("httpGet") or probe["tcpSocket"])["port"] for probe in probes]
        self.assertGreater(len(named), 3)
        self.assertTrue(set(named) <= one.port_names.keys(), named)

    @each_case
    def test_what_a_container_mounts_is_there(self, one):
        volumes = {volume["name"] for volume in one.pod["spec"]["volumes"]}
        mounted = {mount["name"] for container in one.containers for mount in container["volumeMounts"]}
        self.assertEqual(volumes, mounted)
        own = {manifest["metadata"]["name"] for manifest in one.of("ConfigMap")}
        given = {volume["configMap"]["name"] for volume in one.values.get("extraVolumes", [])}
        for volume in one.pod["spec"]["volumes"]:
            if "configMap" in volume:
                self.assertIn(volume["configMap"]["name"], own | given)
        account = one.pod["spec"]["serviceAccountName"]
        self.assertEqual([account], [a["metadata"]["name"] for a in one.of("ServiceAccount")] or ["default"])

    @each_case
    def test_no_container_can_do_more_than_it_needs(self, one):
        spec = one.pod["spec"]
        self.assertIs(spec["automountServiceAccountToken"], False)
        self.assertTrue(spec["securityContext"]["runAsNonRoot"])
        for container in one.containers:
            context = container["securityContext"]
            self.assertIs(context["allowPrivilegeEscalation"], False)
            self.assertIs(context["readOnlyRootFilesystem"], True)
            self.assertIs(context["runAsNonRoot"], True)
            self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
            self.assertEqual(context["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertIn("memory", container["resources"]["limits"])

    @each_case
    def test_liveness_asks_whether_it_lives_and_readiness_whether_it_can_answer(self, one):
        (resolver,) = [container for container in one.containers if container["name"] == "resolver"]
        paths = {name: probe["httpGet"] for name, probe in resolver.items() if name.endswith("Probe")}
        self.assertEqual(paths["livenessProbe"], {"path": "/healthz", "port": "admin"})
        self.assertEqual(paths["startupProbe"], {"path": "/healthz", "port": "admin"})
        self.assertEqual(paths["readinessProbe"], {"path": "/readyz", "port": "admin"})

    @each_case
    def test_in_mode_sidecar_it_starts_before_nginx_and_ends_after_it(self, one):
        init = {container["name"]: container for container in one.pod["spec"].get("initContainers", [])}
        names = [container["name"] for container in one.pod["spec"]["containers"]]
        if one.values.get("mode") != "sidecar":
            self.assertEqual((list(init), names), ([], ["resolver"]))
            return
        self.assertEqual((list(init), names), (["nginx-files", "resolver"], ["nginx"]))
        self.assertEqual(init["resolver"]["restartPolicy"], "Always")
        # It has to end, so that the next one starts.
        self.assertNotIn("restartPolicy", init["nginx-files"])

    @each_case
    def test_who_may_ask_is_who_was_named(self, one):
        for policy in one.of("NetworkPolicy"):
            ask, *read = policy["spec"]["ingress"]
            self.assertEqual(ask.get("from", []), one.values["networkPolicy"].get("gateways", []))
            monitoring = one.values["networkPolicy"].get("monitoring", [])
            self.assertEqual([rule["from"] for rule in read], [monitoring] if monitoring else [])

    @each_case
    def test_the_notes_say_where_it_is_asked(self, one):
        (notes,) = [text for path, text in one.texts.items() if path.endswith("NOTES.txt")]
        name = one.the("Deployment")["metadata"]["name"]
        self.assertIn(f"deployment/{name}", notes)
        if one.values.get("mode") == "sidecar":
            return
        port = one.the("Service")["spec"]["ports"][0]
        self.assertIn(f"{port['name']}://{name}.{NAMESPACE}.svc:{port['port']}", notes)
