"""How fast phones' posts are taken, one location each."""
