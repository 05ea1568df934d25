"""What is made of the fixes of a track before it is cut."""
