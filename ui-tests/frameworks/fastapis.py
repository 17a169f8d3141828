"""FastAPI apps with features that `examples/fastapi.ipynb` does not use."""

from __future__ import annotations

#: Serves the app ``bakery``, whose tasks and streams wait until a cell sets ``oven``.
BAKERY = """
import asyncio
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

doors, put_back, baked = [], [], []
oven, delivered = asyncio.Event(), asyncio.Event()

@asynccontextmanager
async def lifespan(app):
    doors.append("opened")
    yield {"flour": "rye"}
    doors.append("closed")

bakery = FastAPI(lifespan=lifespan)

class Order(BaseModel):
    bread: str = Field(min_length=2)
    count: int = Field(gt=0)

def take_flour(request: Request):
    yield request.state.flour
    put_back.append(request.state.flour)

async def find_baker(flour: Annotated[str, Depends(take_flour)], by: str = "Ada"):
    await asyncio.sleep(0)
    return f"{by} with {flour}"

Baker = Annotated[str, Depends(find_baker)]

@bakery.post("/plain")
def order_plainly(order: Order, baker: Baker):
    return {"order": order, "baker": baker}

@bakery.post("/async")
async def order_async(order: Order, baker: Baker):
    return {"order": order, "baker": baker}

async def bake(order):
    await oven.wait()
    baked.append(order.bread)

def deliver():
    baked.append("delivered")
    delivered.set()

@bakery.post("/later")
def order_for_later(order: Order, tasks: BackgroundTasks):
    tasks.add_task(bake, order)
    tasks.add_task(deliver)
    return "soon"

async def bake_two():
    yield "<!doctype html><title>Loaves</title><ul><li>first</li>"
    await oven.wait()
    yield "<li>second</li></ul>"

@bakery.get("/loaves")
def loaves():
    return StreamingResponse(bake_two(), media_type="text/html")

@bakery.get("/crumbs")
def crumbs():
    return StreamingResponse((str(number) for number in range(3)), media_type="text/plain")

%asgi_serve bakery --open none
"""

#: Serves the app ``mounting``, whose part below ``/v1`` is a Flask app.
MOUNTING = """
from a2wsgi import WSGIMiddleware
from fastapi import FastAPI
from flask import Flask, request

flask_app = Flask("mounted")

@flask_app.post("/")
def home():
    return "Hello from " + request.get_data(as_text=True)

mounting = FastAPI()

@mounting.get("/v2")
def v2():
    return {"message": "hi"}

mounting.mount("/v1", WSGIMiddleware(flask_app))
%asgi_serve mounting --open none
"""
