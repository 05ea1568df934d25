"""One file a format that people have."""
