"""Numbers with what they count, as a page, a file and a terminal say them. Pure."""


def counted(number: int, one: str, many: str = "") -> str:
    """
    Return a number with what it counts: "1 query", "4,000 queries".

    :param many: the plural, where that is not the word with an s
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
