"""The REST API: plural nouns, lists in parts, problems as problem+json."""
