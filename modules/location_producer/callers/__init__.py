"""What each caller may have, so that none takes from another."""
