"""What the benches measure against."""
