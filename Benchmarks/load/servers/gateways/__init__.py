"""Gateways in front of a backend: as shipped, without us, and with a check of their own where they have one."""
