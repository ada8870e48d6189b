"""Booking a meeting: choosing a free time, and moving or cancelling what was booked."""
