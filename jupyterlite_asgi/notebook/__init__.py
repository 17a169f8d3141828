"""What a notebook shows and understands: the magics, the card, the messages to the page."""
