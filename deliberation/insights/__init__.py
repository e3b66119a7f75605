"""Landscapes and snapshots as a feature: when they are made, how they are kept, how pages find them."""
