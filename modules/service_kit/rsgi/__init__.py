"""For services that speak HTTP by granian: answers, errors as problem documents, the server."""
