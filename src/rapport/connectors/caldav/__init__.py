"""Calendars of the staff kept in step both ways with any CalDAV server (RFC 4791, RFC 6578).

Our meetings go there, what stands there comes here. The rule for conflicts: whoever changed last on the server wins. A
meeting that was changed on both sides since they met is taken as the server has it, and what we would have written is
dropped; a deletion there cancels the meeting here. We never write over a version that we have not read (If-Match).
"""
