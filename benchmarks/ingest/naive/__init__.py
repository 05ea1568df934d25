"""What public implementations of this design do, written by us for the comparison: everything one by one.

A unary gRPC call a location, a JSON value, a flush per message, offsets committed in the background, and an INSERT with
a commit of its own.
"""
