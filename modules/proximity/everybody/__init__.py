"""All persons at once: what a question about each of them would find."""
