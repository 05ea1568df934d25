"""python -m benchmarks.ingest.naive.consumer: Kafka → PostGIS, one INSERT and one commit a message."""

import json
import os

import psycopg2
from kafka import KafkaConsumer

INSERT = """
    INSERT INTO location (person_id, creation_time, coordinate)
    VALUES (%s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326))
"""


def main() -> None:
    session = psycopg2.connect(os.environ["DATABASE_URL"])
    consumer = KafkaConsumer(
        os.environ["LOCATION_TOPIC"],
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        group_id=os.environ["LOCATION_TOPIC"],
        auto_offset_reset="earliest",
    )
    for message in consumer:
        location = json.loads(message.value)
        with session, session.cursor() as cursor:
            cursor.execute(
                INSERT,
                (
                    location["person_id"],
                    location["creation_time"],
                    location["longitude"],
                    location["latitude"],
                ),
            )


if __name__ == "__main__":
    main()
