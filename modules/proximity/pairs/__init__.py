"""Two at a time: when they were within a distance of each other."""
