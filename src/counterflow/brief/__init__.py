"""From a document to a `Brief`: its text, findings, actions and claims, each with its quote."""
