"""Who was really together: what the estimate and others say of conferences whose truth is known."""
