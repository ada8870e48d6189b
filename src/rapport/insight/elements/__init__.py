"""The nine elements of a relationship and the index over them, for every customer, from the evidence there is.

A *measure* is one kind of evidence for one element, with a weight that the firm can change. Evidence of the last 365
days counts, half as much after 180 days. With few rows a measure leans towards the firm's mean; its confidence says
how little. An element is the weighted mean of the measures that have evidence; without any it is unknown, never 50.
The index is the mean of the known elements, each weighted with its confidence.
"""
