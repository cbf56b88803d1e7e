"""Forms for advice, as data: what they ask, what an answer to them is, and how two versions differ. Pure."""
