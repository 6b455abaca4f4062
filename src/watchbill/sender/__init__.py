"""The sender: claim, send, record; one slow provider delays nobody else."""
