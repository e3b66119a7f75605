"""Ideas: statements people can vote on, their wording through time, and how to find them."""
