"""How fast and how rightly it is told who met whom, beside the bare queries and two peers: see docs/benchmarks.md."""
