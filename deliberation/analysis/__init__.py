"""Arithmetic on votes: plain numbers in, frozen values out. Knows no table, no page and no clock."""
