"""The register: what many documents tell of policies, as histories that a person has reviewed."""
