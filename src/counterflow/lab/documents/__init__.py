"""Documents of strangers: read in a process that can take only so much, and harm nothing but itself."""
