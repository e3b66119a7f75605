"""Discussions on the talk pages of a wiki (MediaWiki), read as ideas and comments."""
