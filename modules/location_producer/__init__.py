"""gRPC → Kafka: takes locations in, validates them, and answers once Kafka has acknowledged them."""
