"""What the invented world is: types, chance, calendar, company."""
