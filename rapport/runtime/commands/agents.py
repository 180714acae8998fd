"""`rapport mcp`: lets an AI agent that only speaks over standard input and output use a Rapport elsewhere."""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from typing import Any, TextIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from rapport.runtime.errors import Refusal

TOKEN = "MCP_TOKEN"  # noqa: S105 - the name of the variable
SECONDS = 60
FAILED = -32603
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command line."""
    help_text = "pass an AI agent's messages (MCP) from standard input to a Rapport"
    command = parts.add_parser("mcp", help=help_text)
    command.add_argument(
        "url", help="the address, e.g. https://crm.example.com/mcp; the token is in MCP_TOKEN"
    )
    command.set_defaults(command=speak)


def speak(arguments: argparse.Namespace) -> int:
    """Answer line by line until the input ends."""
    url, token = str(arguments.url), os.environ.get(TOKEN, "")
    if urlsplit(url).scheme not in ("http", "https"):
        raise Refusal("The address begins with https:// or http://.")
    if not token:
        raise Refusal(f"Put a token into {TOKEN} (Settings, Access for programs).")
    pass_on(sys.stdin, sys.stdout, url, token)
    return 0


def pass_on(said: Iterable[str], out: TextIO, url: str, token: str) -> None:
    """One message in each line, one answer for each request."""
    for line in said:
        if not line.strip():
            continue
        answer = _answer(line, url, token)
        if answer is not None:
            out.write(json.dumps(answer, ensure_ascii=True) + "\n")
            out.flush()


def _answer(line: str, url: str, token: str) -> Any:  # Any: JSON
    try:
        message = json.loads(line)
    except ValueError:
        return _error(None, -32700, "The message is not JSON.")
    key = message.get("id") if isinstance(message, dict) else None
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **_version(message)}
    try:
        with urlopen(Request(url, line.encode(), headers, method="POST"), timeout=SECONDS) as response:  # noqa: S310 - checked
            body = response.read()
    except HTTPError as problem:
        body = problem.read()
    except (URLError, OSError) as problem:
        return None if key is None else _error(key, FAILED, f"Rapport cannot be reached: {problem}")
    if not body:
        return None
    try:
        answer = json.loads(body)
    except ValueError:
        return None if key is None else _error(key, FAILED, "Rapport gave an answer that cannot be read.")
    if key is None:
        return None
    return {**answer, "id": key}


def _version(message: Any) -> dict[str, str]:  # Any: JSON
    """What the newest protocol says twice: in the message and in the headers."""
    params = message.get("params") if isinstance(message, dict) else None
    meta = params.get("_meta") if isinstance(params, dict) else None
    said = meta.get(VERSION_KEY) if isinstance(meta, dict) else None
    return (
        {"MCP-Protocol-Version": said}
        if isinstance(said, str) and said.isascii() and said.isprintable()
        else {}
    )


def _error(key: Any, code: int, text: str) -> dict[str, Any]:  # Any: JSON
    return {"jsonrpc": "2.0", "id": key, "error": {"code": code, "message": text}}
