"""Phones: connected to a person by a secret of their own, and revoked."""
