"""A conference, and the truth about it."""
