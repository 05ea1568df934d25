"""Manners of REST."""
