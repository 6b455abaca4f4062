"""The demo company: the article's shape, seeded through the same actions as a real one."""
