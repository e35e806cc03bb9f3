"""Tests of the simulators, over real HTTP."""
