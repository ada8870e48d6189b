"""Tags of the back office that need to know the business."""
