"""From a file, a page or an address to one canonical text."""
