"""Permissions, requests for information, and what was released or refused, and why."""

from ccc.disclosures.records import Disclosure, InformationRequest, Permission, ref

__all__ = ["Disclosure", "InformationRequest", "Permission", "ref"]
