"""QR codes as one path, drawn by a template: sharp at any size, and nothing for the policy to refuse."""

import segno

BORDER = 4  # as the standard wants it


def qr(text: str) -> dict[str, object]:
    """Return the size of the square and the path of its dark modules."""
    matrix = segno.make(text, error="m", micro=False).matrix
    rows = [
        f"M{x + BORDER} {y + BORDER}h1v1h-1z"
        for y, line in enumerate(matrix)
        for x, dark in enumerate(line)
        if dark
    ]
    return {"size": len(matrix) + 2 * BORDER, "path": "".join(rows)}
