"""The files of a Polis export, one module each. Line ends, quotation marks and names are Polis's."""
