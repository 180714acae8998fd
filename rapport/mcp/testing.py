"""For tests: an agent that speaks the protocol by hand."""

import json
from typing import Any

from rapport.api.testing import Program


class Agent(Program):
    """A program that speaks the protocol by hand."""

    def say(self, method: str, params: Any = None, *, key: Any = 1, **headers: str) -> Any:
        body = {"jsonrpc": "2.0", "id": key, "method": method} | (
            {} if params is None else {"params": params}
        )
        return self.send(json.dumps(body).encode(), **headers)

    def send(self, raw: bytes, **headers: str) -> Any:
        named = {"Authorization": f"Bearer {self.secret}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        return self.client.post(
            "/mcp", raw, content_type=named.pop("Content-Type", "application/json"), headers=named
        )

    def do(self, tool: str, **arguments: Any) -> Any:
        """What the tool says; fails where it refuses."""
        found = self.try_to(tool, **arguments)
        assert not found["isError"], found
        assert json.loads(found["content"][0]["text"]) == found["structuredContent"]
        return found["structuredContent"]

    def try_to(self, tool: str, **arguments: Any) -> Any:
        answer = self.say("tools/call", {"name": tool, "arguments": arguments})
        assert answer.status_code == 200, answer.content
        return answer.json()["result"]

    def refusal(self, tool: str, **arguments: Any) -> str:
        found = self.try_to(tool, **arguments)
        assert found["isError"], found
        text: str = found["content"][0]["text"]
        return text

    def tools(self) -> dict[str, Any]:
        return {one["name"]: one for one in self.say("tools/list").json()["result"]["tools"]}
