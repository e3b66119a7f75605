"""Work for later: what is to be done is a row, written in the same transaction as its cause."""
