"""Documents whose actions and claims are known, and how well a document is read by them."""
