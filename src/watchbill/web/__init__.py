"""HTTP: intake, screens, REST, live updates."""
