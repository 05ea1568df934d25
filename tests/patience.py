"""How long a test waits before it is taken for hanging."""

# No test passes or fails by how fast this machine is: what is waited for comes within milliseconds or seconds on a free
# core, and within this time on one that a hundred others share. It only ends a test that would never end. How fast
# things are is measured by the benchmarks.
PATIENCE_S = 600.0
