"""Screens: one module a noun, one context dataclass a screen."""
