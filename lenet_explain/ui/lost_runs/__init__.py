"""What an earlier visit in the same tab has lost: told, and started again."""
