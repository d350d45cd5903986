"""What pages and services of budgets read across rows."""
