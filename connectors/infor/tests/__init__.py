"""Tests of the Infor connector."""
