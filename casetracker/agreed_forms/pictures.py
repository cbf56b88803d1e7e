"""The pictures a question may have, and what each shows to somebody who cannot see it."""

PICTURES = {
    "bus.svg": "A bus",
    "cloud.svg": "A rain cloud",
    "face.svg": "A happy face, a face that is neither, and a sad face",
    "food.svg": "A plate with a knife and a fork",
    "hand.svg": "A helping hand",
    "heart.svg": "A heart",
    "house.svg": "A house",
    "me.svg": "A person",
    "moon.svg": "The moon and a star",
    "pencil.svg": "A pencil",
    "people.svg": "Two people",
    "road.svg": "A road that goes on",
    "school.svg": "A school with a flag",
    "speech.svg": "A speech bubble",
    "star.svg": "A star",
    "sun.svg": "The sun",
    "thumb.svg": "A thumb up",
    "tools.svg": "A spanner and a paint brush",
}
"""By the name of the file in `static/pictures`: the words that stand for it."""
