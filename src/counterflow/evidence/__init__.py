"""Official figures, each with origin and vintage, kept current; and the test of a document's claims against them."""
