"""People who take part without an account: their own page, and what becomes of it all when they get one."""
