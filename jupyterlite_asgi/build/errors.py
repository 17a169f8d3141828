"""Errors that stop a build."""


class BuildError(ValueError):
    """Stops the build; the message says what to do."""


def unusable(error: OSError) -> BuildError:
    """Return the error for a path that cannot be read or written."""
    return BuildError(f"{error.filename} cannot be used ({error.strerror}): choose another path.")
