"""Words to hits."""
