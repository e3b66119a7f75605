"""Comments: what people say to each other about an idea, as a tree."""
