"""What is measured besides the cost of a request. Each experiment takes a run and gives its part of the results."""

from . import active_users, authgear_outage, fleet, flood, idle, latency, lease, memory, revocation

EXPERIMENTS = {
    "latency": latency.measure,
    "memory": memory.measure,
    "idle": idle.measure,
    "flood": flood.measure,
    "opaque-flood": flood.measure_opaque,
    "revocation": revocation.measure,
    "lease": lease.measure,
    "fleet": fleet.measure,
    "active-users": active_users.measure,
    "authgear-outage": authgear_outage.measure,
}
