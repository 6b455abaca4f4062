"""The bar: what an alarm and its runbook must be before they may wake a volunteer."""
