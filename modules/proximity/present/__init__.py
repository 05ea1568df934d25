"""Who is together now: a quick look at what was reported last, which is told before anything is settled."""
