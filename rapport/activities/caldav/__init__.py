"""CalDAV: a user's calendar on another server and his activities here stay the same, both ways."""
