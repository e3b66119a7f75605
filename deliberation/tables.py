"""Gathers every table, so that migrations and tests see the whole schema."""

from deliberation.accounts import models as accounts
from deliberation.base.model import Base
from deliberation.comments import models as comments
from deliberation.consultations import background, changes, links, people
from deliberation.consultations import models as consultations
from deliberation.exchange.drafts import models as drafts
from deliberation.ideas import models as ideas
from deliberation.insights import models as insights
from deliberation.jobs import models as jobs
from deliberation.moderation import cases
from deliberation.moderation import models as moderation
from deliberation.results import models as results
from deliberation.surveys import models as surveys
from deliberation.synthesis import models as synthesis
from deliberation.synthesis.prepared import models as prepared
from deliberation.synthesis.signing import models as signing
from deliberation.tags import models as tags
from deliberation.votes import models as votes
from deliberation.votes import voters

ROOMS = (
    accounts,
    consultations,
    background,
    people,
    changes,
    links,
    ideas,
    tags,
    votes,
    voters,
    comments,
    moderation,
    cases,
    jobs,
    insights,
    drafts,
    results,
    surveys,
    synthesis,
    signing,
    prepared,
)
metadata = Base.metadata
