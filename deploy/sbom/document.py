"""A bill of materials as CycloneDX 1.6 has it. The same parts give the same document, but for its time."""

import datetime
import json
import os
import time
import uuid
from urllib.parse import quote

FORMAT = "1.6"


def purl(kind, name, version, **qualifiers):
    """A package's URL: its qualifiers in the order of their names."""
    text = f"pkg:{kind}/{quote(name, safe='/')}@{quote(version, safe=':~')}"
    more = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in sorted(qualifiers.items()) if value)
    return f"{text}?{more}" if more else text


def component(kind, name, url, version=None, licence=None, scope="required", **more):
    made = {"type": kind, "bom-ref": url, "name": name}
    if version:
        made["version"] = version
    made["scope"] = scope
    if licence:
        made["licenses"] = [{"expression": licence}]
    return made | {"purl": url} | more


def moment():
    """SOURCE_DATE_EPOCH where it is set, so that a build can be repeated byte for byte."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(program, components, depends):
    """
    - program: the component that is described.
    - components: its parts.
    - depends: the bom-refs of what a component depends on, by its own.
    """
    components = sorted(components, key=lambda one: one["bom-ref"])
    references = [program["bom-ref"]] + [one["bom-ref"] for one in components]
    made = {
        "$schema": f"http://cyclonedx.org/schema/bom-{FORMAT}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": FORMAT,
        "version": 1,
        "metadata": {"lifecycles": [{"phase": "build"}], "component": program},
        "components": components,
        "dependencies": [{"ref": one, "dependsOn": sorted(depends.get(one, []))} for one in references],
    }
    # Of the parts, so that it names this document and no other.
    made["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(made, sort_keys=True)).urn
    made["metadata"]["timestamp"] = moment()
    return json.dumps(made, indent=2, sort_keys=True) + "\n"
