"""Reports that the lab writes, each in a process of its own."""
