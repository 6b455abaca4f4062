"""Definitions: what files say, read into values with the line of every fault: alarms, tables, calendars."""
