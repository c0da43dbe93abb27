"""What a case is."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    """One measurement.

    `requests` names a source of header lines (see `Source`), `count` how many of them are sent in turn.
    `limits` are the highest promised ratios to the yardstick, by process: "server", or one that stands beside it.
    `expects` is the x-authgear-session-valid that the answers have.

    Of a gateway: `plain` is the case that it is compared with, the same gateway that asks nobody. `asks` says that
    it asks the resolver, `checks` that it checks tokens itself, `has_places` that strangers are turned away at /account/. `chain_at_most` is the highest promised ratio of it
    and the one who is asked, together, to the plain one; `adds_at_most` a case that adds at least as much to it.
    """

    name: str
    title: str
    server: str
    requests: str
    count: int = 1
    connections: int = 32
    expects: str | None = "true"
    limits: dict = dataclasses.field(default_factory=dict)
    group: str = "resolver"
    plain: str | None = None
    asks: bool = False
    checks: bool = False
    has_places: bool = False
    chain_at_most: float | None = None
    adds_at_most: str | None = None

    @property
    def is_unseen(self):
        return self.requests.startswith("unseen-")

    @property
    def algorithm(self):
        return self.requests.removeprefix("unseen-")
