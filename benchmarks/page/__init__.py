"""How fast the page is, in a real Chromium: see docs/benchmarks.md."""
