"""What it costs to remember meetings, and what it gives."""
