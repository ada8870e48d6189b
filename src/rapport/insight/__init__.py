"""Insight: the lake, the metrics, the nine elements of a relationship, kinds and journey stages.

It reads every domain and changes nothing outside itself.
"""
