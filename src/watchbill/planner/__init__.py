"""The planner: who stands which week, as fairly as can be, with a proof."""
