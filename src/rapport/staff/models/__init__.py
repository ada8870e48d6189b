from rapport.staff.models.bulk_run import BulkRun

__all__ = ["BulkRun"]
