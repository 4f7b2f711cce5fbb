"""Everything Partner Lens raises on purpose.

    AssistantError
    ├── SettingsError      a setting that cannot be used
    ├── CorpusError        knowledge that cannot be read at all (single broken files are reported, not raised)
    ├── UnreadableSource   text or a file somebody gave us that cannot be read
    ├── IndexUnavailable   no index, a half-built one, or one written by another encoder
    └── StorageError       a database or folder that cannot be read or written

A message is one line and ends with what to do next: each door prints it as it is. It is Chinese first, because staff
read it; commands and file names stay as typed.
"""


class AssistantError(Exception):
    """A failure with a name; `str(error)` is the one line shown to the reader."""


class SettingsError(AssistantError):
    """A setting is missing, malformed or contradicts another."""


class CorpusError(AssistantError):
    """The corpus as a whole cannot be read."""


class UnreadableSource(AssistantError):
    """A text or file from outside is empty, too long, damaged, encrypted or not what its name says."""


class IndexUnavailable(AssistantError):
    """The index is missing, unfinished or was written by another encoder or version."""


class StorageError(AssistantError):
    """A folder or database cannot be read or written."""
