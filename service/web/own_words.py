"""What reads are called where a citizen is told of them, in the reader's language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher.language import Language
from service import danish
from service.db.personal import ReadPurpose
from service.db.purpose import Channel, Purpose
from service.web.translation import current_language

_CHANNELS: Final[Mapping[Channel, str]] = MappingProxyType(
    {
        Channel.API: "through another system",
        Channel.PAGE: "on the pages",
        Channel.COMMAND_LINE: "by a command",
    }
)
_PURPOSES: Final[Mapping[ReadPurpose | Purpose, str]] = MappingProxyType(
    {
        Purpose.SUGGESTIONS: "list of places for the citizen",
        Purpose.EXPLANATION: "reasons of a place",
        Purpose.CANDIDATES: "list of citizens for a place",
        Purpose.OPENINGS: "what could open places",
        Purpose.NEEDS: "what would help most people",
        Purpose.CALLS: "calls to companies",
        ReadPurpose.PROFILE: "the citizen's information",
        ReadPurpose.SEARCH: "list of citizens",
        ReadPurpose.CPR_SEARCH: "search by CPR number",
        ReadPurpose.PROPOSALS: "proposals with reasons",
        ReadPurpose.UNPLACED: "citizens without a place",
        ReadPurpose.PLACEMENTS: "agreed placements",
        ReadPurpose.RECORDS: "audit of plans and of what was shown",
        ReadPurpose.EXPORT: "file with all citizens",
        ReadPurpose.SUBJECT_ACCESS: "handed over to the citizen",
    }
)


def channel_name(channel: Channel) -> str:
    """Where somebody read."""
    return danish.CHANNELS[channel] if current_language() is Language.DANISH else _CHANNELS[channel]


def purpose_name(purpose: Purpose | ReadPurpose) -> str:
    """What was read."""
    return danish.READ_PURPOSES[purpose] if current_language() is Language.DANISH else _PURPOSES[purpose]
