"""Kafka → server-sent events: tells people of their encounters while they happen."""
