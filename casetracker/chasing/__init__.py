"""The chasing ladder: which reminder of a piece of advice is due on a day. Pure."""
