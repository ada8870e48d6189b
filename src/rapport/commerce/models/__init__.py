from rapport.commerce.models.order import Order, OrderLine
from rapport.commerce.models.payment import Payment, Refund
from rapport.commerce.models.product import Product
from rapport.commerce.models.shipping import Return, ReturnLine, Shipment
from rapport.commerce.models.totals import CustomerTotals

__all__ = [
    "CustomerTotals",
    "Order",
    "OrderLine",
    "Payment",
    "Product",
    "Refund",
    "Return",
    "ReturnLine",
    "Shipment",
]
