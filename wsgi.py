"""What the server loads: `granian --interface wsgi wsgi:app`."""

from config import Config
from deliberation.app import create_app

app = create_app(Config.from_environment())
