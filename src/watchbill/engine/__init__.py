"""The engine: a fixed list of steps, woken by intake and by time."""
