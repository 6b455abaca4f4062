"""Read models for the screens and the API: one module a noun, frozen rows."""
