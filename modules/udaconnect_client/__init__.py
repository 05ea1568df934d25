"""The command `udaconnect` and what it is made of: sending locations, simulating a conference, showing meetings."""
