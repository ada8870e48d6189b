"""The web server of development: Django's own, which starts again whenever a file changes."""

import os
import sys

from rapport.runtime import lifeline, prepare


def main() -> int:
    """Serve at the address that the first argument names, until SIGTERM."""
    lifeline.hold()
    os.environ[lifeline.VARIABLE] = "1"  # the process that the reloader starts shall end with us, too
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", prepare.SETTINGS)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["rapport", "runserver", "--skip-checks", sys.argv[1]])
    return 0


if __name__ == "__main__":
    sys.exit(main())
