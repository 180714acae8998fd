"""Changes that programs have proposed: tried out, kept, and made when a person confirms them."""
