"""Version 1 of the API: `/api/v1/`. One router per domain; every call goes through the same verbs as the pages."""
