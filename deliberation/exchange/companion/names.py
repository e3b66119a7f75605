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

IDEAS_HEADER = "comment-id,thread,language,created,edited,withdrawn,hidden,accepted\n"
WORDINGS_HEADER = "comment-id,wording,language,created,statement,elaboration\n"
PARTICIPANTS_HEADER = "participant,joined\n"
EVENTS_HEADER = "comment-id,voter-id,vote,time\n"
TAG_USES_HEADER = "comment-id,tag,participant,applied\n"
