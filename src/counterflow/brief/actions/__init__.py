"""What a document does: levers, who acts, how far each act has come, and what is asserted about them."""
