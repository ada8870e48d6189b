"""Imports: files of any origin become customers, products, orders, payments, deliveries, promises and reviews."""
