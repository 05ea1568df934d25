"""Who is who: asked of person_service, and remembered."""
