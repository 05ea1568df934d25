"""What is made of a track before and after it is cut."""
