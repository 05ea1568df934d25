"""What every service needs and none should write again: settings, logs, health, and the manners of REST and gRPC."""
