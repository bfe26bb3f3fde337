"""Pictures to take away, drawn from arrays: PNG, WebP, GIF, contact sheets, plots."""
