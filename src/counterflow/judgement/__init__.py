"""The verdict: paired contrasts, the four headlines, what they rest on, and when they are undetermined."""
