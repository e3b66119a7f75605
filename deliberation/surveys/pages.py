"""All pages of the room, for those who answer and for those who build."""

from deliberation.surveys import building_views, making_views, preview_views
from deliberation.surveys.views import blueprint

__all__ = ["blueprint", "building_views", "making_views", "preview_views"]
