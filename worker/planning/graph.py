"""The agents as a LangGraph graph: each runs once, the critic may send the split back."""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, cast

import msgspec
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph

from worker.planning.agents import allocator, critic, data_steward, narrator, response_analyst
from worker.planning.findings import KINDS, Agent, State, decode

AGENTS: dict[str, Agent] = {
    "data_steward": data_steward.run,
    "response_analyst": response_analyst.run,
    "allocator": allocator.run,
    "critic": critic.run,
    "narrator": narrator.run,
}


def run(state: State, *, told: Callable[[str, msgspec.Struct], None], found: Mapping[str, bytes]) -> State:
    """Run all agents. What is `found` already is taken over; every other outcome is `told` when it is there."""
    config = RunnableConfig(configurable={"told": told, "found": found})
    return cast(State, _graph().invoke(state, config))


@cache
def _graph() -> Any:
    graph = StateGraph(State)
    for name in AGENTS:
        graph.add_node(name, _node(name))  # pyright: ignore[reportCallIssue, reportArgumentType]
    graph.add_edge(START, "data_steward")
    for name, following in pairwise(("data_steward", "response_analyst", "allocator", "critic")):
        graph.add_edge(name, following)
    graph.add_conditional_edges("critic", _after_critic, {"allocator": "allocator", "narrator": "narrator"})
    graph.add_edge("narrator", END)
    return graph.compile()


def _after_critic(state: State) -> str:
    return "narrator" if state["critic"].accepted else "allocator"


def _node(name: str) -> Callable[[State, Any], dict[str, Any]]:
    def node(state: State, config: RunnableConfig) -> dict[str, Any]:
        run = config.get("configurable", {})
        known = run["found"].get(name)
        if known is not None and "rounds" not in state:
            return {name: decode(known, KINDS[name])}
        finding = AGENTS[name](state)
        run["told"](name, finding)
        sent_back = name == "critic" and not getattr(finding, "accepted", True)
        return {name: finding, "rounds": state.get("rounds", 0) + 1} if sent_back else {name: finding}

    return node
