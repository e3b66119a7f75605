"""All pages of the draft: importing them is what puts them at their addresses."""

from deliberation.synthesis import finding_views, recommendation_views
from deliberation.synthesis.draft_views import blueprint

__all__ = ["blueprint", "finding_views", "recommendation_views"]
