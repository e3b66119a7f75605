"""Tags: a consultation's vocabulary, and which ideas carry what."""
