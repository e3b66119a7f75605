"""What is about to be imported into a consultation: kept, corrected, then imported whole."""
