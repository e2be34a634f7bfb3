"""What makes weights and noises."""
