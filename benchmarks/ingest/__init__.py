"""How fast locations are taken in."""
