"""A Redis of the run's own, on the load's core: what the sessions are read from."""


def start(run):
    """Starts Redis without persistence."""
    port = run.port()
    process = run.start("redis", ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly",
                                  "no", "--daemonize", "no", "--dir", run.folder], core=run.cores.load)
    process.wait_for_port(port)
    return run.server(process, port)
