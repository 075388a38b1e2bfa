"""A plan and a history to take away: one file a format, each a pure function from the plan to bytes.

Numbers stay numbers; text that would be a formula elsewhere stays text; what is added up is the plan to the cent.
"""
