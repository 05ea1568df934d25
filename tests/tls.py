"""Who calls gRPC with which certificates, and whether he is let in."""

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from service_kit.rpc.tls import channel_credentials
from tests.certificates import Authority, Pair
from tests.patience import PATIENCE_S


def trusting(authority: Authority, pair: Pair | None = None) -> grpc.ChannelCredentials:
    """Of whoever takes a server of this authority for the right one, and shows this pair, if any."""
    return channel_credentials(str(authority.ca), str(pair.cert) if pair else "", str(pair.key) if pair else "")


def answers(channel: grpc.Channel) -> bool:
    """Whether the health service can be reached so. Closes the channel."""
    with channel:
        try:
            health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_S)
        except grpc.RpcError:
            return False
        return True
