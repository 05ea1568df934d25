"""What producer and consumer of a topic must agree on."""
