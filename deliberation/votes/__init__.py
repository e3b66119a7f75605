"""Votes: casting, the journal, and a person's own progress."""
