"""What may be given to everybody: results freely, rows only through a gate."""
