"""What makes a file fit to be taken in: checks of its name, size and content. Knows neither database nor request."""
