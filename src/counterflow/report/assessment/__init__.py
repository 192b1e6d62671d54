"""What assessment.json holds: each key is made by a module of its own, and described for its schema."""
