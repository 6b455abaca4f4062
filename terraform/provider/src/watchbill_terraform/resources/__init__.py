"""What Terraform keeps as the code says: one module a noun."""
