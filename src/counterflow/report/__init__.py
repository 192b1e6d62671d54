"""One self-contained HTML page, and the assessment in JSON that it shows."""
