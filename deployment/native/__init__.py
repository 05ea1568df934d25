"""Runs the whole system on one Debian or Ubuntu machine, without containers: see `make`."""
