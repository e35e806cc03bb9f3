"""Wakes resident drains the moment something is due, never blocking: a datagram on this machine, NOTIFY or publish between machines.

A lost ring costs at most one sweep (2 s), because the database, not the bell, says what is due.
"""

from integrations.tasks.doorbell.bell import Doorbell
from integrations.tasks.doorbell.sockets import ask_to_end, call_others, lead, runtime_folder
from integrations.tasks.doorbell.ways import ring

__all__ = ["Doorbell", "ask_to_end", "call_others", "lead", "ring", "runtime_folder"]
