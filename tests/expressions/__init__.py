"""The expression language: vectors shared with the browser, and the parts around them."""
