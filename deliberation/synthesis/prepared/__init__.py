"""Files that take long to write: asked for, written by a worker, kept for a week behind a secret address."""
