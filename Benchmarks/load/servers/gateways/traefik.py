"""Traefik: asks by `forwardAuth`, or asks nobody."""

from . import shipped

FOLDER = "gateways/traefik"
UNASKED = (shipped.Edit("dynamic.yaml", r"^ *middlewares: \[authgear-(?!outage|retry).*\n"),)


def start(run, name, backend, asked=None, edits=None):
    if edits is None:
        edits = () if asked else UNASKED
    return shipped.start(
        run, name, run.gateway("traefik"), [FOLDER], lambda root: [f"--configFile={FOLDER}/traefik.yaml"],
        backend, asked, edits)
