"""PagerDuty Events API v2: events, change events, and its ways to answer."""
