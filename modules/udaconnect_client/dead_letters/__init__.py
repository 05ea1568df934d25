"""List, show and replay what could not be stored."""
