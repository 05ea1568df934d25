"""What meetings add up to: time with others by day, who might be introduced to whom, who stood together."""
