"""One file an app: from what it sends to fixes, and what it wants to be told."""
