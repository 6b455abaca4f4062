"""A Terraform provider for Watchbill: alarms, runbooks and who answers for them, in code."""
