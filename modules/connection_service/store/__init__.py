"""PostGIS: the only room that knows SQL."""
