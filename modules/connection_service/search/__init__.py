"""Who was near: one slice of the range after the other, until a page is full."""
