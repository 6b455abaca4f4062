"""What Terraform may read: one module a noun."""
