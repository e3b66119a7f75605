"""Set-up in the browser: a consultation from nothing, and a live one edited without losing anything."""
