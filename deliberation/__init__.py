"""Consultations, threads, ideas, votes, and the synthesis that comes of them."""
