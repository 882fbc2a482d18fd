"""What an account looks back on: who was recovered, and how quickly. What the reports are sent by is not here."""
