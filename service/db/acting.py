"""Who acts in a session: asked when something is written down, so that use cases need not pass it on."""

import getpass
from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from service.db.purpose import Channel, Viewer
from service.settings import Role

_ACTOR: Final = "actor"


def act_as(session: Session, actor: Callable[[], Viewer]) -> None:
    """Whoever `actor` names acts in this session. It is asked at each act: it may become known after the session."""
    session.info[_ACTOR] = actor


def actor_of(session: Session) -> Viewer:
    """Who acts in a session; whoever uses the command line where nobody is named."""
    actor: Callable[[], Viewer] = session.info.get(_ACTOR, at_the_terminal)
    return actor()


def at_the_terminal() -> Viewer:
    """Whoever uses the command line: the machine's name for them."""
    return Viewer(getpass.getuser()[:64], Role.OPERATIONS, Channel.COMMAND_LINE)
