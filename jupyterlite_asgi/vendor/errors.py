"""What stops a build."""


class VendorError(ValueError):
    """What stops the build, in a sentence that says what to do."""
