"""Imports: files of any origin become customers, products, orders, payments, deliveries, promises, reviews and what the
firm keeps beside them, its custom objects.
"""
