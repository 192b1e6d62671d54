"""What assessment.json holds, as types: the parts that the report adds to the types of the rooms."""
