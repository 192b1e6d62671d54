"""The report as one HTML page: templates in parts/, and what they are filled from."""
