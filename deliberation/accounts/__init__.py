"""People: accounts, signing in, invitations by link."""
