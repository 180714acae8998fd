"""The description of the API, made for each user from the registry."""
