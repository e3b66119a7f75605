"""Ideas from a spreadsheet: CSV or XLSX."""
