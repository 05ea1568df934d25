"""python -m benchmarks.ingest.naive.producer: gRPC → Kafka, one message a call, flushed."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import grpc
from kafka import KafkaProducer
from udaconnect.location.v1 import location_pb2 as pb

SERVICE = pb.DESCRIPTOR.services_by_name["LocationService"].full_name


class NaiveLocationService:
    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.producer = KafkaProducer(bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"])

    def create(
        self,
        request: pb.CreateLocationRequest,
        context: grpc.ServicerContext,  # noqa: ARG002  gRPC's signature
    ) -> pb.CreateLocationResponse:
        location = request.location
        value = {
            "person_id": location.person_id,
            "latitude": location.latitude,
            "longitude": location.longitude,
            "creation_time": location.creation_time.ToJsonString(),
        }
        self.producer.send(self.topic, json.dumps(value).encode())
        self.producer.flush()
        return pb.CreateLocationResponse(location=location)


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(max_workers=10))
    create = NaiveLocationService(os.environ["LOCATION_TOPIC"]).create
    handlers = {
        "CreateLocation": grpc.unary_unary_rpc_method_handler(
            create, pb.CreateLocationRequest.FromString, pb.CreateLocationResponse.SerializeToString
        )
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    server.add_insecure_port(os.environ["GRPC_BIND"])
    server.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
