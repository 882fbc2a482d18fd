"""What an account looks back on: the service recovery report, and who was recovered, and how quickly."""
