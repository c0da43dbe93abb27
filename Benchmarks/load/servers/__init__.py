"""The servers that are measured: how each is configured and started."""
