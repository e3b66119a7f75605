"""What a consultation says so far, with the votes each claim rests on."""
