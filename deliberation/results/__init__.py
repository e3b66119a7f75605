"""What a survey found: results, cross-tables that give nobody away, open answers to quote, exports."""
