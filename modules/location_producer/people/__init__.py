"""Who there is: asked of person_service, and kept in mind, so that locations of nobody are refused at once."""
