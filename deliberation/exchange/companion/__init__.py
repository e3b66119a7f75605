"""Files of our own beside a Polis export: all that its format has no place for (see docs/exchange.md)."""
