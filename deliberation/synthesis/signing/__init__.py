"""Versions of the synthesis: proposed to the working group, signed by its members, published for good."""
