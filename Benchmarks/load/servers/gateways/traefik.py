"""Traefik: asks by `forwardAuth`, or asks nobody."""

from . import shipped

FOLDER = "gateways/traefik"
UNASKED = (shipped.Edit("dynamic.yaml", r"^ *middlewares: \[authgear-(?!outage|retry).*\n"),)


def over_http2(asked):
    """The shipped variant that asks the resolver itself, behind TLS."""
    return (shipped.Edit("traefik.yaml", r"traefik/dynamic\.yaml", "traefik/dynamic-h2.yaml"),
            shipped.Edit("dynamic-h2.yaml", r"/etc/authgear-resolver/ca\.pem", str(asked.certificate)))


def start(run, name, backend, asked=None, variant=None):
    edits = UNASKED if asked is None else variant(asked) if variant else ()
    return shipped.start(
        run, name, run.gateway("traefik"), FOLDER, lambda root: [f"--configFile={FOLDER}/traefik.yaml"],
        backend, asked, edits)
