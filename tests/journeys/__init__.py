"""What people do, in a real browser against the real server, with and without scripts."""
