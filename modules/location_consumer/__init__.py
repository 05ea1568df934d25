"""Kafka → PostGIS: every acknowledged location ends in the store exactly once, or in the dead-letter topic."""
