"""How far each partition has been read, and where it goes on."""
