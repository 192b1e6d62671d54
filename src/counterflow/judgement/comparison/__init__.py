"""Several strategies beside each other, over the same draws and the same chance."""
