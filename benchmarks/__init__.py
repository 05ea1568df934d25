"""How fast the system is, beside what limits it and what others do: see docs/benchmarks.md."""
