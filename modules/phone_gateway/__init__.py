"""HTTP → gRPC: takes in what the apps on people's phones send."""
