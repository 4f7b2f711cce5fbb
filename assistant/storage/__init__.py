"""What outlives a restart: conversations, in SQLite beside the index or in PostgreSQL by address.

Turns are rows that are appended and never edited, and a reply is kept as the JSON it was given as. So a conversation
reads the same a year later, whatever the knowledge says by then, and a deleted one can be brought back.
"""

from assistant.storage.conversations import Conversations
from assistant.storage.folder import check_folder
from assistant.types import ConversationSummary, Turn

__all__ = ["ConversationSummary", "Conversations", "Turn", "check_folder"]
