"""What every application compiles again and need not: the addresses of its views, and its SQL."""

from typing import Any

from sqlalchemy import Engine
from werkzeug.routing import Rule


class RuleCompiledOnce(Rule):
    """A rule whose code is made once for all the applications that have it: half of what making one takes."""

    _made: dict[tuple[Any, ...], Any] = {}  # noqa: RUF012  (of the class, that is the point)

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        what = (append_unknown, *self._trace)
        if what not in self._made:
            self._made[what] = super()._compile_builder(append_unknown)
        return self._made[what]


class Engines:
    """The engines of a run, one for each address, with the SQL that each has compiled."""

    def __init__(self) -> None:
        self._by_address: dict[str, Engine] = {}

    def of(self, engine: Engine) -> Engine:
        """Return the engine for the address of this one, which is the first for its address or is not needed."""
        return self._by_address.setdefault(str(engine.url), engine)
