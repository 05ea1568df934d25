"""Remembers who met whom: settles one window of time after the other, behind the location consumer."""
