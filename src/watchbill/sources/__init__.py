"""Sources: bytes from a monitoring system become events. One file each, and none knows another."""
