"""City folders: reading, validating; the shipped cities lie beside this file."""
