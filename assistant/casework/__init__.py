"""Work on a partner: today one turn of a conversation at a time.

Which kind a turn is, is learned from the questions the knowledge records people asking and from the practice bank, with
two editable phrase lists before it: a turn that asks nothing is a description, and so is one that asks whether somebody
looks familiar.
"""

from assistant.casework.conversation import Conversation, Reply, Step

__all__ = ["Conversation", "Reply", "Step"]
