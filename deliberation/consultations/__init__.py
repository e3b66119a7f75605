"""Consultations, their threads, phases, background, participants and roles."""
