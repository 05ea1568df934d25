"""Who is there: persons, over REST and gRPC."""
