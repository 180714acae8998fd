"""Tokens: with them a program acts for a user, with less than his rights."""
