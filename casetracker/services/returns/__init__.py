"""The SEN2 return: what is kept for it, its making, its notes and its signing off."""
