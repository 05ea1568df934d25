"""Two at a time: where both move steadily at once, and when what is asked of them begins or ends to be so."""
