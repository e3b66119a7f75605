"""A believable consultation for looking at, photographing and measuring. Only commands use it."""
