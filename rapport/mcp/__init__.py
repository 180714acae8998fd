"""The door for AI agents: tools over the same calls as the API, with the rights and the scope of a token."""
