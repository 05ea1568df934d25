"""What people do not share: pauses, and times that they have had forgotten."""
