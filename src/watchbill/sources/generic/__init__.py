"""Any JSON: events found by a mapping in the settings, or by the names everyone uses."""
