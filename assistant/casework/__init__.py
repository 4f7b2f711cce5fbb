"""Work on partners over the turns of a conversation.

What a turn does is told by a model that learned it from labelled turns (`acts`), not by word lists; what it changes is
kept as statements with the turn that made them (`ledger`), not as glued text, so that one can be taken back, corrected
or supposed otherwise; and everything is said from an assessment or an answer made anew, never from the words of an
earlier reply. State is folded from the replies (`talk`): nothing else has to be kept for a conversation to go on.
"""

from assistant.casework.acts import ActReader
from assistant.casework.conversation import Conversation
from assistant.casework.ledger import Fact
from assistant.casework.reply import Reply, Step
from assistant.casework.revision import RevisionReader
from assistant.casework.rewording import Rewording
from assistant.casework.talk import Talk
from assistant.casework.talker import Talker
from assistant.casework.turns import TurnReader

__all__ = [
    "ActReader",
    "Conversation",
    "Fact",
    "Reply",
    "RevisionReader",
    "Rewording",
    "Step",
    "Talk",
    "Talker",
    "TurnReader",
]
