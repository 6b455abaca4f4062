"""Definitions: alarms as they are written in code, read into values with the line of each field."""
