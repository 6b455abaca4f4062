"""The database: every table, and one module a noun that finds, locks and stores."""
