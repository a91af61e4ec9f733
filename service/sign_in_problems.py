"""Why somebody is not let in, beside `NotSignedIn`."""

from collections.abc import Mapping

from service.problems import NotSignedIn, TooManyRequests


class UnknownCredentials(NotSignedIn):
    """Nobody knows what was sent to sign in with: it may have been guessed."""


class SignInTooWeak(NotSignedIn):
    """The person is known, but the sign-in was not of the strength that the service asks for.

    `wanted` tells the client what to ask the issuer for (RFC 9470).
    """

    type = "/problems/sign-in-too-weak"
    title = "The sign-in is not strong enough"

    def __init__(self, detail: str, wanted: Mapping[str, str]) -> None:
        super().__init__(detail)
        told = "".join(f', {name}="{value}"' for name, value in wanted.items())
        self.challenge = f'Bearer error="insufficient_user_authentication"{told}'


class TooManyFailedSignIns(TooManyRequests):
    """From an address too much has been tried that nobody knows; nothing is looked at until some time has passed."""

    type = "/problems/too-many-failed-sign-ins"
    title = "Too many failed sign-ins from this address"
