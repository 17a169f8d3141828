from __future__ import annotations

from base64 import b64encode
from functools import partial

import pytest

from jupyterlite_asgi.hosts.browser.basic_auth import (
    CREDENTIALS_HEADER,
    LIMIT,
    credentials_of,
    with_basic_auth,
)
from jupyterlite_asgi.hosts.browser.credentials import Credentials
from jupyterlite_asgi.types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send

from ..support.app_call import LIFESPAN, AppCall, body, http, passes_through, sends

NAVIGATE = (b"sec-fetch-mode", b"navigate")
CHALLENGE = (b"www-authenticate", b'Basic realm="Staff"')


REFUSAL: Message = {"type": "http.response.start", "status": 401, "headers": [CHALLENGE]}


def pair(text: str) -> bytes:
    return b64encode(text.encode())


class Guarded:
    """An app that accepts one user, and records what it receives."""

    def __init__(self, user: str = "ann:pw", challenge: tuple[bytes, bytes] = CHALLENGE) -> None:
        self.user, self.challenge = user, challenge
        self.got: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        assert CREDENTIALS_HEADER not in headers
        content, more = b"", True
        while more:
            message = await receive()
            content += message["body"]
            more = message["more_body"]
        given = headers.get(b"authorization", b"nobody").decode()
        self.got.append(f"{given} {len(content)}".removesuffix(" 0"))
        welcome = given == f"Basic {pair(self.user).decode()}"
        await send(
            {
                "type": "http.response.start",
                "status": 200 if welcome else 401,
                "headers": [] if welcome else [self.challenge],
            }
        )
        await send({"type": "http.response.body", "body": b"welcome" if welcome else b"no"})


async def ask(
    app: Guarded,
    credentials: Credentials,
    *headers: tuple[bytes, bytes],
    path: str = "/me",
    content: bytes = b"",
) -> list[Message]:
    wrapped = with_basic_auth(app, credentials)
    request: Message = {"type": "http.request", "body": content, "more_body": False}
    return await AppCall(wrapped, http(path, headers=list(headers)), request).all()


async def text(
    app: Guarded,
    credentials: Credentials,
    *headers: tuple[bytes, bytes],
    path: str = "/me",
    content: bytes = b"",
) -> str:
    """The status and the body of a response."""
    start, end = await ask(app, credentials, *headers, path=path, content=content)
    return f"{start['status']} {end['body'].decode()}"


async def enter(credentials: Credentials, value: str, path: str = "/me") -> None:
    """What our page's script does."""
    header = (CREDENTIALS_HEADER, value.encode())
    app = Guarded()
    assert await text(app, credentials, header, path=path) == "204 "
    assert app.got == []


def entered(user: str) -> str:
    return f"entered {pair(user).decode()}"


async def test_navigation_asks_and_goes_on_with_what_was_entered() -> None:
    app, credentials = Guarded(), Credentials()
    assert "Sign in to Staff" in await text(app, credentials, NAVIGATE)
    await enter(credentials, entered("ann:wrong"))
    asked = await text(app, credentials, NAVIGATE)
    assert asked.startswith("401 ")
    assert "did not accept" in asked
    await enter(credentials, entered("ann:pw"))
    assert await text(app, credentials, NAVIGATE) == "200 welcome"


async def test_accepted_user_is_sent_with_later_requests() -> None:
    app, credentials = Guarded(), Credentials()
    await enter(credentials, entered("ann:pw"), "/staff/me")
    await text(app, credentials, NAVIGATE, path="/staff/me")
    app.got.clear()
    assert await text(app, credentials, path="/staff/picture") == "200 welcome"
    known = f"Basic {pair('ann:pw').decode()}"
    assert app.got == [known]
    # Elsewhere only after a challenge of the same realm.
    assert await text(app, credentials, path="/") == "200 welcome"
    assert app.got == [known, "nobody", known]


async def test_user_that_is_no_longer_accepted_is_asked_for_again() -> None:
    app, credentials = Guarded(), Credentials()
    await enter(credentials, entered("ann:pw"))
    await text(app, credentials, NAVIGATE)
    app.user = "ann:new"
    assert await text(app, credentials) == "401 no"
    assert "Sign in to Staff" in await text(app, credentials, NAVIGATE)
    assert app.got[-1] == "nobody"


@pytest.mark.parametrize("first", [Guarded(), sends(REFUSAL, body())], ids=["read", "unread"])
async def test_posted_form_is_held_until_the_user_is_accepted(first: ASGIApp) -> None:
    app, credentials = Guarded(), Credentials()
    parts: list[Message] = [
        {"type": "http.request", "body": b"xxx", "more_body": True},
        {"type": "http.request", "body": b"xx", "more_body": False},
    ]
    scope = http("/me", method="POST", headers=[NAVIGATE])
    _, asked = await AppCall(with_basic_auth(first, credentials), scope, *parts).all()
    assert b"location.replace" in asked["body"]
    await enter(credentials, entered("ann:wrong"))
    assert "did not accept" in await text(app, credentials, NAVIGATE)
    await enter(credentials, entered("ann:pw"))
    assert await text(app, credentials, NAVIGATE) == "200 welcome"
    assert app.got[-1] == f"Basic {pair('ann:pw').decode()} 5"
    await text(app, credentials, NAVIGATE)
    assert app.got[-1] == f"Basic {pair('ann:pw').decode()}"


async def test_cancelled_navigation_shows_the_apps_response_once() -> None:
    app, credentials = Guarded(), Credentials()
    await enter(credentials, "cancelled")
    assert await text(app, credentials, NAVIGATE) == "401 no"
    assert "Sign in" in await text(app, credentials, NAVIGATE)


@pytest.mark.parametrize(
    "headers",
    [[], [NAVIGATE, (b"authorization", b"Bearer x")]],
    ids=["script", "authorization"],
)
async def test_response_to_others_is_the_apps(headers: HeaderPairs) -> None:
    app, credentials = Guarded(), Credentials()
    start, end = await ask(app, credentials, *headers)
    assert (start["headers"], end["body"]) == ([CHALLENGE], b"no")


async def test_own_authorization_of_a_script_wins() -> None:
    app, credentials = Guarded(), Credentials()
    credentials.keep("/asgi/app/me", "Staff", pair("ann:pw"))
    assert await text(app, credentials, (b"authorization", b"Bearer x")) == "401 no"
    assert app.got == ["Bearer x"]


@pytest.mark.parametrize(
    "challenge",
    [(b"www-authenticate", b'Bearer realm="Basic"'), (b"x-other", b"Basic")],
)
async def test_other_schemes_are_left_alone(challenge: tuple[bytes, bytes]) -> None:
    assert await text(Guarded(challenge=challenge), Credentials(), NAVIGATE) == "401 no"


async def test_credentials_in_the_url_of_a_navigation_leave_the_url() -> None:
    app, credentials = Guarded(), Credentials()
    (header,) = credentials_of("https://ann:p%77@example.org/asgi/app/me?a=1")
    start, _ = await ask(app, credentials, NAVIGATE, header, path="/me?a=1")
    assert (start["status"], start["headers"]) == (
        307,
        [(b"location", b"https://example.org/asgi/app/me?a=1")],
    )
    assert await text(app, credentials, NAVIGATE, path="/me?a=1") == "200 welcome"
    assert app.got[0] == "nobody"


async def test_credentials_in_the_url_of_a_script_are_used_once_they_are_asked_for() -> None:
    app, credentials = Guarded(), Credentials()
    (header,) = credentials_of("https://ann:pw@example.org/asgi/app/me")
    assert await text(app, credentials, header) == "200 welcome"
    assert len(app.got) == 2
    assert await text(app, credentials) == "200 welcome"
    assert len(app.got) == 3


def test_url_without_credentials_gets_no_header() -> None:
    assert credentials_of("https://example.org/a@b") == []


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 401)])
async def test_body_is_sent_again_up_to_a_limit(size: int, status: int) -> None:
    app, credentials = Guarded(), Credentials()
    credentials.keep("/asgi/app/staff/", "Staff", pair("ann:pw"))
    said = await text(app, credentials, content=b"x" * size)
    assert said.startswith(str(status))
    known = f"Basic {pair('ann:pw').decode()} {size}"
    assert app.got == [f"nobody {size}", known][: 2 if status == 200 else 1]


async def test_wrong_user_is_not_kept() -> None:
    app, credentials = Guarded(), Credentials()
    (header,) = credentials_of("https://ann:wrong@example.org/asgi/app/me")
    assert await text(app, credentials, header) == "401 no"
    assert credentials.for_realm("Staff") is None


async def test_realm_is_escaped_in_the_page() -> None:
    app = Guarded(challenge=(b"www-authenticate", b'Basic realm="<b>{x}"'))
    assert "Sign in to &lt;b&gt;{x}<" in await text(app, Credentials(), NAVIGATE)


async def test_other_scopes_pass_through() -> None:
    wrap = partial(with_basic_auth, credentials=Credentials())
    assert await passes_through(LIFESPAN, wrap)
