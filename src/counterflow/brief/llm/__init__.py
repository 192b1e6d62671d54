"""The optional reader: a language model proposes, and only what quotes the document stays."""
