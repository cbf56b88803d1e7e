"""Reading a draft of a form through a link: comments, question by question, and the body's agreement."""

from casetracker.journeys.form_reviews.views import bp

__all__ = ["bp"]
