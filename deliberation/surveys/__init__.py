"""Surveys that belong to a consultation: their questions, the way through them, their builder."""
