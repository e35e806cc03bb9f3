"""Where flows are drawn, versioned and promoted."""
