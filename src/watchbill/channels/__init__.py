"""Channels: ways to reach a person or a program. One file each, and none knows another."""
