"""The launcher (`streamlit run app.py`): dashboard, live route, guard and the engine's life."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from core import live
from core.data.own import kept
from core.engine import engine, stop
from pages.shared import chart
from pages.shared.guard import Guard, raise_file_limit


@contextlib.asynccontextmanager
async def life(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Start the engine and warm up; at the end, stop the workers."""
    raise_file_limit()
    kept.tidy_up()
    await asyncio.to_thread(engine)
    live.route_is_open = chart.route_is_open = True
    gc.collect()
    gc.freeze()  # what is imported now stays: no later collection need look at it
    yield {}
    live.route_is_open = chart.route_is_open = False
    await asyncio.to_thread(stop)


BASE = f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
"""The path that Streamlit's own routes begin with."""
app = st.App(
    "pages/navigation.py",
    lifespan=life,
    routes=[
        *(WebSocketRoute(BASE + path, live.serve) for path in live.ROUTES),
        Route(BASE + chart.ROUTE, chart.serve_plotly),
    ],
    middleware=[Middleware(Guard)],
)
