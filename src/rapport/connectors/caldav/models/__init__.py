from rapport.connectors.caldav.models.account import Account, Item

__all__ = ["Account", "Item"]
