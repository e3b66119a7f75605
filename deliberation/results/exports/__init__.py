"""The answers one by one, as files for those who analyse them. Nothing in them says whose the answers are."""
