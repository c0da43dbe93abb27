"""The shipped files of a gateway, in which only addresses are others, and what a case leaves out of them."""

import dataclasses
import pathlib
import re

from ...run import answer_to

# The ports of the shipped files: the gateway's own, those that some have beside it, the resolver's and the backend's.
OWN, OTHERS, RESOLVER, CALLS, SECURED, BACKEND = "8080", ("8081", "4179"), "4180", "4182", "4183", "8000"
NUMBER = re.compile(r"\d+")


@dataclasses.dataclass(frozen=True)
class Edit:
    """A change of one shipped file. Where the file has no match, the benchmark says so, and measures nothing."""

    file: str
    pattern: str
    replacement: str = ""


def copy(run, name, folder, ports, edits=(), source=None):
    """Copies a shipped folder to where it stands below a folder of the run, with other ports; gives that folder.

    `ports` are those that take the place of shipped ones; `source` is where the files are taken from instead.
    """
    root, source = run.folder / name, source or run.repository / folder
    for file in sorted(source.rglob("*")):
        if file.is_dir() or file.suffix == ".md":
            continue
        path = folder / file.relative_to(source)
        text = NUMBER.sub(lambda number: str(ports.get(number[0], number[0])), file.read_text())
        for edit in edits:
            if path.name == edit.file:
                text = edited(path, text, edit)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def edited(path: pathlib.Path, text, edit):
    result, count = re.subn(edit.pattern, edit.replacement, text, flags=re.MULTILINE)
    if count == 0:
        raise LookupError(f"{path} has no {edit.pattern} any more: the benchmark replaces it")
    return result


def is_ready(port):
    """Some listen before they know what to do with a request."""
    try:
        return answer_to(port, "", "/public/")[0] in (200, 401)
    except OSError:
        return False


def start(run, name, program, folder, arguments, backend, asked=None, edits=(), source=None):
    """Starts a gateway with its shipped files, or with those of another folder (`source`).

    `arguments` makes its command line of the folder that has the copy. `asked` is the resolver, which is measured beside
    it; None where nobody is asked.
    """
    if program is None:
        raise LookupError("the program is not installed (make bench does it)")
    port = run.port()
    ports = {OWN: port, BACKEND: backend.port} | {other: run.port() for other in OTHERS}
    if asked:
        ports |= {RESOLVER: asked.port, CALLS: asked.calls, SECURED: asked.secured}
    root = copy(run, name, pathlib.Path(folder), ports, edits, source)
    process = run.start(name, [program, *arguments(root)], cwd=root, environment={"HOME": str(root)})
    process.wait_until(lambda: is_ready(port))
    server = run.server(process, port)
    if asked:
        server.beside = {"resolver": asked.process}
    return server
