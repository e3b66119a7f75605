"""The floor every room stands on. Knows no room and no Flask."""
