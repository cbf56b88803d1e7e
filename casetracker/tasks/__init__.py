"""Celery tasks: the clock, one service, one commit."""
