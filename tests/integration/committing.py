"""Somebody who records a case and takes long to commit it, while a test does something else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from casetracker.extensions import db
from tests import factories


@contextmanager
def while_a_case_is_recorded(app: Flask) -> Iterator[None]:
    """Do what is inside while a case has been recorded in another thread and is not committed; it is when that ends."""
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with app.app_context():
            factories.case(reference="SLOW")
            begun.set()
            may_end.wait(20)
            db.session.commit()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(20)
    try:
        yield
    finally:
        may_end.set()
        thread.join(20)
