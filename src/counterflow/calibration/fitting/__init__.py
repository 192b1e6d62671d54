"""What is fitted to the record, and how: series, path, likelihood, sampling."""
