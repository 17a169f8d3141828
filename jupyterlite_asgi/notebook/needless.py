"""Options of uvicorn that tutorials use, but that have no effect in a notebook."""

from __future__ import annotations

_NO_PORT = "the app is reached by its URL on this site, not by a port"
_NO_RELOAD = "run the cell again to serve a new version of the app"
_ONE_PROCESS = "the app runs in this notebook's kernel, which is one process"
_NO_LIBRARY = "the browser has the event loop and reads the requests"
_NO_CONNECTION = "no connection or proxy is between the browser and the app"
_NO_LOG = "no server writes a log; see `server.log` and `server.requests`"
_NO_TLS = "the app is as secure as this site, whose server has the certificate"

#: Why each option has no effect, for those with a value.
WITH_VALUE = {
    "host": _NO_PORT,
    "port": _NO_PORT,
    "uds": _NO_PORT,
    "fd": _NO_PORT,
    "backlog": _NO_PORT,
    "reload-dir": _NO_RELOAD,
    "reload-delay": _NO_RELOAD,
    "reload-include": _NO_RELOAD,
    "reload-exclude": _NO_RELOAD,
    "workers": _ONE_PROCESS,
    "limit-max-requests": _ONE_PROCESS,
    "timeout-worker-healthcheck": _ONE_PROCESS,
    "loop": _NO_LIBRARY,
    "http": _NO_LIBRARY,
    "timeout-keep-alive": _NO_CONNECTION,
    "forwarded-allow-ips": _NO_CONNECTION,
    "log-level": _NO_LOG,
    "ssl-keyfile": _NO_TLS,
    "ssl-keyfile-password": _NO_TLS,
    "ssl-certfile": _NO_TLS,
    "ssl-version": _NO_TLS,
    "ssl-cert-reqs": _NO_TLS,
    "ssl-ca-certs": _NO_TLS,
    "ssl-ciphers": _NO_TLS,
}

#: The same, for those without a value.
WITHOUT_VALUE = {
    "reload": _NO_RELOAD,
    "proxy-headers": _NO_CONNECTION,
    "no-proxy-headers": _NO_CONNECTION,
    "access-log": _NO_LOG,
    "no-access-log": _NO_LOG,
    "use-colors": _NO_LOG,
    "no-use-colors": _NO_LOG,
}

NEEDLESS = WITH_VALUE | WITHOUT_VALUE
