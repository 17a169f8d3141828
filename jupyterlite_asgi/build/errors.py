"""What stops a build."""


class BuildError(ValueError):
    """What stops the build, in a sentence that says what to do."""


def unusable(error: OSError) -> BuildError:
    """The message for a path that cannot be read or written."""
    told = f"{error.filename} cannot be used ({error.strerror}): choose another place."
    return BuildError(told)
