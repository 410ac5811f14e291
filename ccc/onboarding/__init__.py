"""Joining the team: the dates that a co-ordinator records, the steps computed from them, and everybody's progress."""
