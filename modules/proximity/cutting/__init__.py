"""Where tracks are cut into stays and straight walks."""
