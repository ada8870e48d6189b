"""What tests share: the cast, builders, assertions. Product code never imports it."""
