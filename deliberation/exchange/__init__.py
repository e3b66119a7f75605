"""Data in and out: other systems' exports read into consultations."""
