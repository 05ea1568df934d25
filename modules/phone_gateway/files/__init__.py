"""Files of locations that people upload: each is read by a process of its own, whatever is in it."""
