"""The main job: a deal is won, its webhook comes three times, and Sage holds one customer and one invoice."""

from integrations.demo.play import FLOW, KILL_POINTS, STEPS, Play
from integrations.demo.scenario import Scenario

__all__ = ["SCENARIO"]

SCENARIO = Scenario(
    key=FLOW,
    title="A won deal becomes one invoice in Sage, and the deal gets its id.",
    play=lambda scene: Play(scene).run(),
    steps=STEPS,
    kill_points=KILL_POINTS,
)
