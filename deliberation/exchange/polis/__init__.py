"""The exports of Polis, format `polis-export/1` (see docs/exchange.md)."""
