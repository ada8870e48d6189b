"""Commerce: products, orders with their lines, payments, shipments, cancellations, returns and refunds.

*Order*: a sale, or a credit note or adjustment as some shops book them. Totals are stored with the order, in its own
currency and in the organisation's at the rate of its day.
"""
