"""Encounters told while they happen: a look at what was reported last, an outbox, and the topic `encounter`."""
