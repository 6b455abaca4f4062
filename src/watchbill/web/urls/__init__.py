"""URLs of the screens, one file an area."""
