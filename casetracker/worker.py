"""The Celery app: `celery -A casetracker.worker worker`. Tasks hold no truth; they ask the database what is due."""

import gc
from typing import Any

from celery import Celery, Task
from celery.schedules import crontab
from flask import Flask

import config
from casetracker import create_app

_TASKS = ("nightly", "forecasts", "imports", "mail", "scanning", "returns")


def make_celery(app: Flask) -> "Celery[Any]":
    """Return a Celery app whose tasks run inside the application's context."""

    class InContext(Task):  # type: ignore[type-arg]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    tasks = [f"casetracker.tasks.{name}" for name in _TASKS]
    celery = Celery("casetracker", task_cls=InContext, include=tasks)
    celery.conf.update(app.config["CELERY"])
    celery.conf.beat_schedule = SCHEDULE
    celery.set_default()
    return celery


SCHEDULE = {
    "nightly-forecasts": {"task": "forecasts.nightly", "schedule": crontab(hour=0, minute=10)},
    "forecasts-behind": {"task": "forecasts.score_what_moved", "schedule": 60.0},
    "weekly-fit": {"task": "forecasts.fit", "schedule": crontab(day_of_week="sun", hour=2, minute=0)},
    "nightly-sweep": {"task": "nightly.sweep_in_parts", "schedule": crontab(hour=0, minute=30)},
    "hourly-sweep": {"task": "nightly.sweep", "schedule": crontab(minute=5)},
    "nightly-snapshot": {"task": "nightly.snapshot", "schedule": crontab(hour=0, minute=45)},
    "outlook": {"task": "nightly.outlook", "schedule": 120.0},
    "nightly-board": {"task": "nightly.board", "schedule": crontab(hour=1, minute=15)},
    "nightly-data-quality": {"task": "nightly.data_quality", "schedule": crontab(hour=1, minute=40)},
    "weekly-verify": {"task": "nightly.verify", "schedule": crontab(day_of_week="sun", hour=3, minute=0)},
    "sums": {"task": "nightly.fold_sums", "schedule": 300.0},
    "scanning": {"task": "scanning.rescan", "schedule": 60.0},
    "chase": {"task": "mail.chase", "schedule": crontab(hour="8-17", minute=15)},
    "digest": {"task": "mail.digest", "schedule": crontab(minute="*/10")},
    "mail-failures": {"task": "mail.failures", "schedule": crontab(minute=40)},
    "mail": {"task": "mail.send", "schedule": 10.0},
    "imports-waiting": {"task": "imports.run_waiting", "schedule": 10.0},
    "returns-waiting": {"task": "returns.run_waiting", "schedule": 10.0},
}
"""When each tick comes, in London's time. Missing one costs nothing: the next does what it would have done."""

flask_app = create_app(config.load())
app = make_celery(flask_app)
gc.collect()
gc.freeze()  # what the program is made of stays: a fifth of a night's scoring went on looking through it for garbage
