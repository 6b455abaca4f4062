"""Findings: what a check says of alarms, written for people, programs and code hosts."""
