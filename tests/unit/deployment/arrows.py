"""Who may speak to whom: the arrows of docs/architecture.md, as (from, to, port)."""

ANYBODY = "anybody"

TO_SERVICES = {
    (ANYBODY, "phone-gateway", 30008),
    ("phone-gateway", "location-producer", 30003),
    ("phone-gateway", "person-service", 30004),
    ("location-producer", "person-service", 30004),
    (ANYBODY, "location-producer", 30003),
    (ANYBODY, "person-service", 30001),
    (ANYBODY, "connection-service", 30002),
    (ANYBODY, "frontend", 30000),
    ("frontend", "phone-gateway", 30008),
    ("frontend", "person-service", 30001),
    ("frontend", "connection-service", 30002),
    ("connection-service", "person-service", 30004),
    (ANYBODY, "encounter-stream", 30010),
    ("frontend", "encounter-stream", 30010),
    ("encounter-stream", "person-service", 30004),
}
TO_KAFKA = {"location-producer", "topics", "location-consumer", "meeting-finder", "encounter-stream"}
TO_POSTGRESQL = {
    "location-consumer",
    "migrations",
    "meeting-finder",
    "retention",
    "person-service",
    "connection-service",
}
TO_STORES = {(source, "kafka", 9092) for source in TO_KAFKA} | {(source, "postgis", 5432) for source in TO_POSTGRESQL}
# Prometheus's, besides the REST ports, which are open to anybody.
TO_METRICS = {
    ("phone-gateway", 30009),
    ("location-producer", 30006),
    ("location-consumer", 30005),
    ("meeting-finder", 30007),
    ("encounter-stream", 30011),
}
