"""Files in the official formats, written for tests, and a server that serves them."""
