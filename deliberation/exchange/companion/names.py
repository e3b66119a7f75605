"""What our own files are called, and their columns."""

FORMAT = "deliberation-export/1"

FOLDER = "deliberation"
RELEASE = "release.json"
"""Says what a release left out; our other files are not in one."""

CONSULTATION = f"{FOLDER}/consultation.json"
IDEAS = f"{FOLDER}/ideas.csv"
WORDINGS = f"{FOLDER}/wordings.csv"
PARTICIPANTS = f"{FOLDER}/participants.csv"
EVENTS = f"{FOLDER}/vote-events.csv"
TAG_USES = f"{FOLDER}/tag-uses.csv"
MERGED_VOTES = f"{FOLDER}/merged-votes.csv"
"""The votes on ideas that were ever merged or merged into, or that somebody merged into another participant
voted on: they do not follow from the journal."""
EXPOSURES = f"{FOLDER}/exposures.csv"
REMARKS = f"{FOLDER}/remarks.csv"
"""What people say about ideas. Polis calls the ideas comments, hence the other word."""
REMARK_WORDINGS = f"{FOLDER}/remark-wordings.csv"

IDEAS_HEADER = (
    "comment-id,thread,language,created,edited,withdrawn,hidden,accepted,merged,merged-into,waits\n"
)
WORDINGS_HEADER = "comment-id,wording,language,created,statement,elaboration\n"
PARTICIPANTS_HEADER = "participant,joined,guest,merged-into\n"
EVENTS_HEADER = "comment-id,voter-id,vote,time,merged-with\n"
TAG_USES_HEADER = "comment-id,tag,participant,applied,origin\n"
MERGED_VOTES_HEADER = "comment-id,voter-id,vote,previous,time,origin,counts\n"
EXPOSURES_HEADER = "participant,comment-id,first-shown\n"
REMARKS_HEADER = "remark,comment-id,origin,answers,author,language,created,edited,withdrawn,hidden\n"
REMARK_WORDINGS_HEADER = "remark,wording,language,created,body\n"
