"""What facilitators do, each act a row in a log that everybody can read."""
