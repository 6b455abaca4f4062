"""Every write, one function an intent: load, decide, save."""
