"""Calls by phone: what the telephone system reports becomes an entry of the log, and what was missed a call back.

A telephone system speaks to `connectors.phone`, which checks who it is; here a report becomes a call.
"""
