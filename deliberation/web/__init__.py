"""The Flask toolkit: knows no room."""
