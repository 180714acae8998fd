"""What tests of pages in a real browser need."""
