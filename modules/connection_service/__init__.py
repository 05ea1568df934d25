"""Who met whom: searches the locations in PostGIS; the names of people come from person_service."""
