"""What a user would pick instead of our consumer: Kafka Connect with Debezium's JDBC sink, from Maven Central.

Tuned for it: flat JSON records without an envelope (the schema stands in the converter's settings), one statement a
batch (reWriteBatchedInserts), and large polls and batches.
"""
