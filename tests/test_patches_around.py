from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import pytest

from jupyterlite_asgi.patches.around import around


@pytest.fixture
def library() -> Any:
    """A module with a function and an asynchronous method."""

    class Greeter:
        async def greet(self, name: str) -> str:
            return f"hello {name}"

    def double(number: int) -> int:
        return number * 2

    module = ModuleType("library")
    vars(module).update(Greeter=Greeter, double=double)
    return module


def test_function_is_called_with_the_original(library: Any) -> None:
    @around("double")
    def patch(double: Any, number: int) -> Any:
        return double(number) + 1

    patch(library)
    assert library.double(3) == 7
    assert str(inspect.signature(library.double)) == "(number: 'int') -> 'int'"


async def test_asynchronous_method_stays_one(library: Any) -> None:
    @around("Greeter.greet")
    async def patch(greet: Any, self: Any, name: str) -> Any:
        return await greet(self, name.title())

    patch(library)
    assert inspect.iscoroutinefunction(library.Greeter.greet)
    assert await library.Greeter().greet("ada") == "hello Ada"
