"""The load benchmark: our resolver and others that do the same work, side by side in one run. See ../README.md."""
