from rapport.connectors.caldav.models.account import DONE, Account, Item

__all__ = ["DONE", "Account", "Item"]
