"""Manners of gRPC."""
