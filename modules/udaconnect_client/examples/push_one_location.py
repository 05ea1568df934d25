# ruff: noqa: INP001, T201  a script for reading and for starting by hand
"""Pushes one location with plain grpcio: python push_one_location.py PERSON_ID LATITUDE LONGITUDE [HOST:PORT]."""

import sys

import grpc
from google.rpc.error_details_pb2 import BadRequest
from grpc_status import rpc_status
from udaconnect.location.v1.location_pb2 import CreateLocationRequest, Location
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

try:
    person_id, latitude, longitude, target = (*sys.argv[1:], "127.0.0.1:30003")[:4]
    location = Location(person_id=int(person_id), latitude=float(latitude), longitude=float(longitude))
except ValueError:
    sys.exit(__doc__)
location.creation_time.GetCurrentTime()
with grpc.insecure_channel(target) as channel:
    try:
        answer = LocationServiceStub(channel).CreateLocation(CreateLocationRequest(location=location), timeout=5)
        print("Accepted:", answer.location)
    except grpc.RpcError as error:
        print("Not accepted:", error.code().name, error.details())
        for detail in getattr(rpc_status.from_call(error), "details", ()):
            if detail.Unpack(bad_request := BadRequest()):
                print(bad_request)
        sys.exit(1)
