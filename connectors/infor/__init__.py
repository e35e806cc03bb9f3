"""Infor: M3 and CSI (SyteLine) through the ION API gateway."""
