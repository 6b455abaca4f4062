"""Watchbill: on-call for people who volunteered, and silence for everyone else."""
