"""Whom the service is measured beside, and whether all of them answer alike."""
