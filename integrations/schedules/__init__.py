"""Schedules: when a flow starts by the clock. The next due instant is a row, fired once by whichever dispatcher is first."""
