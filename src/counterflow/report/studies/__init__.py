"""What other questions come to, in words and lines: attribution, comparison, search, sensitivity, differences."""
