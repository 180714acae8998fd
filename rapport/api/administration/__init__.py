"""What administrators set, for programs: roles with their rights, territories and who works them."""
