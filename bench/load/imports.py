"""Files that are imported while the others work: jobs whose effect can be counted."""

import threading
import time
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, connection

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.imports.deeds import start_check, start_run, take_in
from rapport.kernel.imports.models import Import, State
from rapport.kernel.registry import type_by_key

ROWS = 40


class Imports(threading.Thread):
    """Takes in a file now and then, has it checked and written by the worker, and begins the next."""

    def __init__(self, run: str, seconds: float) -> None:
        super().__init__(daemon=True)
        self.run_name, self.until = run, time.monotonic() + seconds
        self.begun: dict[str, str] = {}  # import: name of its rows

    def run(self) -> None:
        """One file after the other; a lost database is waited for."""
        number = 0
        while time.monotonic() < self.until:
            number += 1
            try:
                self.one(f"Load{self.run_name} File{number}x")
            except (DatabaseError, InterfaceError, OSError):
                connection.close()
                time.sleep(1)
        connection.close()

    def one(self, name: str) -> None:
        """One file, from the upload to the start of the writing."""
        user = User.objects.get(email="load0@example.com")
        rows = "".join(f"{name}{row},{uuid.uuid4().hex}@example.com\n" for row in range(ROWS))
        upload = SimpleUploadedFile("people.csv", f"Name,E-mail\n{rows}".encode())
        kind = type_by_key("people")
        assert kind
        one = take_in(kind, "people.csv", upload, Context(user))
        start_check(one)
        self.begun[str(one.pk)] = name
        if self.wait(one, State.CHECKING):
            start_run(Import.objects.get(pk=one.pk))
            self.wait(one, State.RUNNING)
        time.sleep(4)

    def wait(self, one: Import, state: State) -> bool:
        """Wait until the worker is done; false when it takes too long."""
        for _look in range(600):
            try:
                if Import.objects.get(pk=one.pk).state != state:
                    return True
            except (DatabaseError, InterfaceError):
                connection.close()
            time.sleep(0.2)
        return False
