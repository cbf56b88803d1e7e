"""Mail as files in a folder: the default, for a trial and for tests."""

from pathlib import Path

from casetracker.adapters.mail.sender import Letter, NotSent, message_of, name_of


class FolderSender:
    """Writes each letter as an `.eml` file, which any mail program opens."""

    def __init__(self, folder: str, *, sent_from: str) -> None:
        self.folder = Path(folder)
        self.sent_from = sent_from

    def send(self, letter: Letter) -> str:
        """Write the letter, whole or not at all."""
        file = self._file(letter.key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = file.with_suffix(".part")
            part.write_bytes(message_of(letter, sent_from=self.sent_from).as_bytes())
            part.replace(file)
        except OSError as error:
            raise NotSent(f"{self.folder}: {error.strerror}") from None
        return file.name

    def was_sent(self, key: str) -> bool:
        """Return whether its file is there."""
        return self._file(key).exists()

    def _file(self, key: str) -> Path:
        return self.folder / f"{name_of(key)}.eml"
