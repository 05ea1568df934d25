"""What whoever sends locations has in common: files as rows, rows as batches, batches to location_producer."""
